using QatGen.Graphs;
using QatGen.Operators;

namespace QatGen.Passes;

/// <summary>Makes inputs that operators read only as masks, themselves or moved before, 0 and 1 at the scale 1.</summary>
public static class MarkMasks
{
    public static Graph Run(Graph graph)
    {
        var (masks, others) = (new HashSet<int>(), new HashSet<int>(graph.Outputs));
        for (var i = graph.Nodes.Count - 1; i >= 0; i--)
        {
            var (node, value) = (graph.Nodes[i], graph.Inputs.Count + i);
            var op = node.IsOpaque ? null : Catalogue.Get(node.Operator);
            var isMoved = op is not null && (op.OnlyMoves || op.IsIdentity);
            var read = op?.MaskOperands(node) ?? Seq<int>.Empty;
            for (var operand = 0; operand < node.Inputs.Count; operand++)
            {
                var isMask = isMoved ? masks.Contains(value) && !others.Contains(value) : read.Contains(operand);
                _ = (isMask ? masks : others).Add(node.Inputs[operand]);
            }
        }

        return graph with { Inputs = graph.Inputs.Select((input, i) => masks.Contains(i) && !others.Contains(i) ? input with { IsMask = true, FixedScale = 1 } : input).ToSeq() };
    }
}
