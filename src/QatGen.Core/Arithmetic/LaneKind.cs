namespace QatGen.Arithmetic;

/// <summary>Which elements of a tensor share one set of numbers ("lane").</summary>
public enum LaneKind
{
    /// <summary>One lane for the whole tensor.</summary>
    Tensor,

    /// <summary>One lane per channel (axis 1).</summary>
    Channel,

    /// <summary>A lane per spatial position, given by a map over the last two axes.</summary>
    Position,

    /// <summary>One lane per input of a concatenation.</summary>
    Input,

    /// <summary>One lane per element of a frame: of int32 results whose channels a movement has put along another axis.</summary>
    Element,
}
