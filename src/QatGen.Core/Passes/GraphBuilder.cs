using QatGen.Graphs;

namespace QatGen.Passes;

/// <summary>Rebuilds a graph node by node and keeps the numbers straight.</summary>
internal sealed class GraphBuilder(Graph source)
{
    private readonly List<Node> _nodes = [];
    private readonly Dictionary<int, int> _map = Enumerable.Range(0, source.Inputs.Count).ToDictionary(static i => i);

    /// <summary>The old value number of a node.</summary>
    public int ValueOf(int node) => source.Inputs.Count + node;

    /// <summary>Appends a node that reads old values; it stands for the old value <paramref name="replaces"/>.</summary>
    public void Add(Node node, int replaces)
    {
        _nodes.Add(node with { Inputs = node.Inputs.Select(i => _map[i]).ToSeq(), Sized = node.Sized.Select(i => _map[i]).ToSeq() });
        _map[replaces] = source.Inputs.Count + _nodes.Count - 1;
    }

    /// <summary>Lets an old value be another old one.</summary>
    public void Forward(int value, int to) => _map[value] = _map[to];

    /// <summary>Lets the node behind an old value take over a later node: <paramref name="absorbed"/> disappears and its value is the absorber's.</summary>
    public void Absorb(int absorber, Node absorbed, int replaces)
    {
        var index = _map[absorber] - source.Inputs.Count;
        _nodes[index] = _nodes[index] with { Absorbed = new([.. _nodes[index].Absorbed, absorbed]) };
        Forward(replaces, absorber);
    }

    /// <summary>The node that the old value has become; null for an input.</summary>
    public Node? Current(int value) => _map[value] < source.Inputs.Count ? null : _nodes[_map[value] - source.Inputs.Count];

    public Graph Finish() => source with { Nodes = _nodes.ToSeq(), Outputs = source.Outputs.Select(o => _map[o]).ToSeq() };
}
