using QatGen.Graphs;
using QatGen.Operators;

namespace QatGen.Passes;

/// <summary>Makes each batch norm part of the convolution before it, if only it reads that. Whether its parameters are folded or kept live is up to the QAT module.</summary>
public static class FoldBatchNorm
{
    public static Graph Run(Graph graph)
    {
        var (builder, uses) = (new GraphBuilder(graph), graph.CountUses());
        for (var i = 0; i < graph.Nodes.Count; i++)
        {
            var (node, value) = (graph.Nodes[i], builder.ValueOf(i));
            var input = node.Inputs.Count > 0 ? node.Inputs[0] : -1;
            if (Catalogue.Get(node.Operator).Fusion == Fusion.BatchNorm
                && input >= 0
                && uses[input] == 1
                && builder.Current(input) is { Absorbed.Count: 0 } conv
                && Catalogue.Get(conv.Operator).Fusion == Fusion.ConvLike)
            {
                builder.Absorb(input, node, value);
            }
            else
            {
                builder.Add(node, value);
            }
        }

        return builder.Finish();
    }

    /// <summary>Batch norms that are left and whose size is not known, and convolutions that share weights but not the batch norm behind them.</summary>
    public static IEnumerable<Violation> Check(Graph folded)
    {
        var alone = folded.Nodes.Where(static n => Catalogue.Get(n.Operator).Fusion == Fusion.BatchNorm && n.Count("num_features") < 1).Select(static n => Violation.Of(CaptureRules.LoneBatchNorm, n.Path, n.Path));
        var shared = folded.Nodes.Where(static n => Catalogue.Get(n.Operator).Fusion == Fusion.ConvLike).GroupBy(static n => n.ModulePath)
            .SelectMany(static calls => calls.Where(n => n.Find(Fusion.BatchNorm)?.ModulePath != calls.First().Find(Fusion.BatchNorm)?.ModulePath))
            .Select(static n => Violation.Of(CaptureRules.SharedFold, n.Path, n.ModulePath));
        return alone.Concat(shared);
    }
}
