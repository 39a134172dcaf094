namespace QatGen.Conformance.Samples;

/// <summary>What the integers of a sample's inputs are like.</summary>
internal enum DataKind
{
    /// <summary>Everything zero.</summary>
    Zero,

    /// <summary>One integer that is not zero.</summary>
    Single,

    /// <summary>The whole range, evenly.</summary>
    Even,

    /// <summary>Most near zero, as trained activations are.</summary>
    Bell,

    /// <summary>Below zero.</summary>
    Negative,

    /// <summary>Half of them at the ends of the range.</summary>
    Saturated,
}
