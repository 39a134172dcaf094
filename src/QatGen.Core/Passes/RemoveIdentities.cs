using QatGen.Graphs;
using QatGen.Operators;

namespace QatGen.Passes;

/// <summary>Removes operators that pass their input through at deployment.</summary>
public static class RemoveIdentities
{
    public static Graph Run(Graph graph)
    {
        var builder = new GraphBuilder(graph);
        for (var i = 0; i < graph.Nodes.Count; i++)
        {
            if (!graph.Nodes[i].IsOpaque && Catalogue.Get(graph.Nodes[i].Operator).IsIdentity)
            {
                builder.Forward(builder.ValueOf(i), graph.Nodes[i].Inputs[0]);
            }
            else
            {
                builder.Add(graph.Nodes[i], builder.ValueOf(i));
            }
        }

        return builder.Finish();
    }
}
