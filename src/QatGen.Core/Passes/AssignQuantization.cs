using QatGen.Graphs;
using QatGen.Operators;

namespace QatGen.Passes;

/// <summary>Decides for each node what becomes of its result. A convolution or linear that is only a model output stays int32 (high precision), unless an add was fused into it.</summary>
public static class AssignQuantization
{
    public static Graph Run(Graph graph) => graph with { Nodes = graph.Nodes.Select((n, i) => n with { Output = Of(graph, n, graph.Inputs.Count + i) }).ToSeq() };

    private static OutputKind Of(Graph graph, Node node, int value)
    {
        var op = Catalogue.Get(node.Operator);
        var isOutputOnly = graph.Uses(value) == graph.Outputs.Count(o => o == value);
        return op.Fusion == Fusion.ConvLike && isOutputOnly && node.Find(Fusion.Add) is null ? OutputKind.HighPrecision
            : op.OwnsScale ? OutputKind.Quantized
            : OutputKind.SameAsInput;
    }
}
