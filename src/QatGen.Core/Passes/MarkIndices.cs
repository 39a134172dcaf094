using QatGen.Graphs;
using QatGen.Operators;

namespace QatGen.Passes;

/// <summary>Makes inputs and buffers that say positions int32 of scale 1: those that an operator reads as such, itself or moved before.</summary>
public static class MarkIndices
{
    public static Graph Run(Graph graph)
    {
        var indices = Find(graph);
        return graph with
        {
            Inputs = graph.Inputs.Select((input, i) => indices.Contains(i) ? input with { DType = DType.QInt32, FixedScale = 1 } : input).ToSeq(),
            Nodes = graph.Nodes.Select((n, i) => n.Inputs.Count == 0 && indices.Contains(graph.Inputs.Count + i) ? n with { Part = Part.Positions } : n).ToSeq(),
        };
    }

    /// <summary>The values that say positions.</summary>
    public static IReadOnlyCollection<int> Find(Graph graph)
    {
        var indices = new HashSet<int>();
        for (var i = graph.Nodes.Count - 1; i >= 0; i--)
        {
            if (graph.Nodes[i] is not { IsOpaque: false } node || Catalogue.Get(node.Operator) is not { } op)
            {
                continue;
            }

            if (op.IndexOperand >= 0 && op.IndexOperand < node.Inputs.Count)
            {
                indices.Add(node.Inputs[op.IndexOperand]);
            }

            if (indices.Contains(graph.Inputs.Count + i) && (op.OnlyMoves || op.IsIdentity))
            {
                indices.Add(node.Inputs[0]);
            }
        }

        return indices;
    }
}
