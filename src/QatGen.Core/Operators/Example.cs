using QatGen.Graphs;

namespace QatGen.Operators;

/// <summary>A node with the shapes of its inputs, and of the parameters that it reads behind them, for the conformance suite.</summary>
public sealed record Example(string Name, Node Node, Seq<Seq<int>> InputShapes)
{
    public Seq<Seq<int>> ParameterShapes { get; init; } = Seq<Seq<int>>.Empty;

    /// <summary>The last of the parameters where it is a buffer.</summary>
    public bool EndsWithBuffer { get; init; }

    /// <summary>By how many steps of the result's type integers may miss the real values beyond their rounding, where a primitive says why.</summary>
    public Func<DType, double> Deviation { get; init; } = static _ => 0;

    /// <summary>Calls without inputs whose results it reads behind the parameters.</summary>
    public Seq<Node> Made { get; init; } = Seq<Node>.Empty;

    /// <summary>The nodes of the example's graph: the parameters, what is made, then the operator.</summary>
    public Seq<Node> Nodes => new([
        .. ParameterShapes.Select((s, i) => ConstantTensor.Read($"p{i}", $"p{i}", isParameter: !EndsWithBuffer || i < ParameterShapes.Count - 1, s)),
        .. Made,
        Node with { Inputs = Enumerable.Range(0, InputShapes.Count + ParameterShapes.Count + Made.Count).ToSeq() }]);

    public static Example Of(string name, Node node, params int[][] shapes) => new(name, node with { Inputs = Enumerable.Range(0, shapes.Length).ToSeq() }, shapes.Select(static s => new Seq<int>(s)).ToSeq());

    public Example With(params int[] shape) => this with { ParameterShapes = ParameterShapes.Append(new Seq<int>(shape)).ToSeq() };

    public Example WithBuffer(params int[] shape) => With(shape) with { EndsWithBuffer = true };
}
