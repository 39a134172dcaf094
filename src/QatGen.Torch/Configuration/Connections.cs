using QatGen.Operators;
using QatGen.Torch.Modules;

namespace QatGen.Torch.Configuration;

/// <summary>Which node reads which, found by running the program once on numbers of values: inputs first, then each node's result.</summary>
internal sealed class Connections
{
    private readonly List<(QatNode Node, int[] Inputs)> _calls = [];
    private readonly int _inputs;
    private int[] _outputs = [];

    private Connections(int inputs) => _inputs = inputs;

    /// <summary>The nodes in execution order and the numbers of what they read; call i gives the value behind those of the inputs and of the calls before.</summary>
    public IReadOnlyList<(QatNode Node, int[] Inputs)> Calls => _calls;

    /// <summary>The numbers of the values that the program gives.</summary>
    public IReadOnlyList<int> Outputs => _outputs;

    public static Connections Of(QatModel model)
    {
        var connections = new Connections(model.Inputs.Count);
        model.Trace(connections);
        return connections;
    }

    public QatValue Call(QatNode node, QatValue[] inputs)
    {
        _calls.Add((node, [.. inputs.Select(static i => ((QatValue.Numbered)i).Number)]));
        return new QatValue.Numbered(_inputs + _calls.Count - 1);
    }

    public void Finish(QatValue[] outputs) => _outputs = [.. outputs.Select(static o => ((QatValue.Numbered)o).Number)];

    /// <summary>The nodes from each grid back to the first convolution or product of matrices.</summary>
    public HashSet<QatNode> TowardsGrids()
    {
        var found = new HashSet<QatNode>();
        var open = new Stack<int>(_calls.Where(static c => c.Node.ReadsGrid).Select(static c => c.Inputs[1]));
        while (open.TryPop(out var value))
        {
            if (value >= _inputs && found.Add(_calls[value - _inputs].Node) && !IsProduct(_calls[value - _inputs].Node))
            {
                Array.ForEach(_calls[value - _inputs].Inputs, open.Push);
            }
        }

        return found;
    }

    private static bool IsProduct(QatNode node) => node.HasWeight || Catalogue.Get(node.Node.Operator) is { Fusion: Fusion.ConvLike };
}
