using QatGen.Graphs;
using QatGen.Operators;

namespace QatGen.Passes;

/// <summary>Decides for each node what becomes of its result. A convolution or linear that is only a model output stays int32 (high precision), unless an add was fused into it.</summary>
public static class AssignQuantization
{
    public static Graph Run(Graph graph)
    {
        var uses = graph.CountUses();
        return graph with { Nodes = graph.Nodes.Select((n, i) => n with { Output = Of(graph, n, graph.Inputs.Count + i, uses) }).ToSeq() };
    }

    private static OutputKind Of(Graph graph, Node node, int value, int[] uses)
    {
        var op = Catalogue.Get(node.Operator);
        var isOutputOnly = uses[value] == graph.Outputs.Count(o => o == value);
        return op.Fusion == Fusion.ConvLike && isOutputOnly && node.Find(Fusion.Add) is null ? OutputKind.HighPrecision
            : op.OwnsScaleIn(node) ? OutputKind.Quantized
            : OutputKind.SameAsInput;
    }
}
