using QatGen.Graphs;

namespace QatGen.Passes;

/// <summary>Removes what nothing reads.</summary>
public static class RemoveDeadNodes
{
    public static Graph Run(Graph graph)
    {
        var live = new HashSet<int>(graph.Outputs);
        for (var i = graph.Nodes.Count - 1; i >= 0; i--)
        {
            if (live.Contains(graph.Inputs.Count + i))
            {
                live.UnionWith(graph.Nodes[i].Inputs.Concat(graph.Nodes[i].Sized));
            }
        }

        var builder = new GraphBuilder(graph);
        for (var i = 0; i < graph.Nodes.Count; i++)
        {
            if (live.Contains(builder.ValueOf(i)))
            {
                builder.Add(graph.Nodes[i], builder.ValueOf(i));
            }
        }

        return builder.Finish();
    }
}
