using QatGen.Graphs;
using QatGen.Operators;

namespace QatGen.Passes;

/// <summary>
/// Lets a convolution take over the add and the activation behind it, and an add the activation behind it, where nothing else reads the value between them: the intermediate
/// stays an int32 accumulator. With batch norm that makes conv+bn, conv+relu, conv+add, conv+bn+relu, conv+bn+add, conv+add+relu and conv+bn+add+relu, with the convolution on either side of the add.
/// </summary>
public static class FuseEpilogues
{
    public static Graph Run(Graph graph) => FuseActivations(FuseAdds(graph));

    private static Graph FuseAdds(Graph graph)
    {
        // The convolution moves down to the add, because the other operand may be computed after it.
        var (taken, moved, uses) = (new Dictionary<int, int>(), new HashSet<int>(), graph.CountUses());
        for (var i = 0; i < graph.Nodes.Count; i++)
        {
            if (Catalogue.Get(graph.Nodes[i].Operator).JoinsAccumulator(graph.Nodes[i]) && graph.Nodes[i].Inputs.All(v => graph.Producer(v) is not { Inputs.Count: 0 }) && Candidates(graph, graph.Nodes[i], uses).Where(v => !moved.Contains(v)).ToArray() is { Length: > 0 } convolutions)
            {
                taken[i] = convolutions.Max();
                moved.Add(taken[i]);
            }
        }

        var builder = new GraphBuilder(graph);
        for (var i = 0; i < graph.Nodes.Count; i++)
        {
            var (node, value) = (graph.Nodes[i], builder.ValueOf(i));
            if (taken.TryGetValue(i, out var convolution))
            {
                var conv = graph.Producer(convolution)!;
                var residual = node.Inputs[0] == convolution ? node.Inputs[1] : node.Inputs[0];
                builder.Add(conv with { Inputs = new([.. conv.Inputs, residual]), Absorbed = new([.. conv.Absorbed, node]), Part = Part.Fused(conv.Part, node.Part) }, value);
            }
            else if (!moved.Contains(value))
            {
                builder.Add(node, value);
            }
        }

        return builder.Finish();
    }

    private static IEnumerable<int> Candidates(Graph graph, Node add, int[] uses) => add.Inputs.Where(v =>
        uses[v] == 1 && graph.Producer(v) is { } conv && Catalogue.Get(conv.Operator) is { Fusion: Fusion.ConvLike } op && op.TakesAdd(conv)
        && conv.Find(Fusion.Add) is null && conv.Find(Fusion.Activation) is null);

    private static Graph FuseActivations(Graph graph)
    {
        var (builder, uses) = (new GraphBuilder(graph), graph.CountUses());
        for (var i = 0; i < graph.Nodes.Count; i++)
        {
            var (node, value) = (graph.Nodes[i], builder.ValueOf(i));
            if (Catalogue.Get(node.Operator).Fusion == Fusion.Activation
                && uses[node.Inputs[0]] == 1
                && builder.Current(node.Inputs[0]) is { } producer
                && Catalogue.Get(producer.Operator).TakesActivation
                && producer.Find(Fusion.Activation) is null)
            {
                builder.Absorb(node.Inputs[0], node, value);
            }
            else
            {
                builder.Add(node, value);
            }
        }

        return builder.Finish();
    }
}
