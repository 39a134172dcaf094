using QatGen.Graphs;

namespace QatGen.Core.Tests;

/// <summary>Writes small graphs by hand: <c>Conv(0)</c> reads value 0 and returns its own number.</summary>
internal sealed class GraphFactory(params int[] inputShape)
{
    private readonly List<Node> _nodes = [];

    public March March { get; init; } = March.Bayes;

    public int Conv(int x, int input = 8, int output = 8, int kernel = 3, int stride = 1, int padding = 1, int dilation = 1) => Add("Conv2d", FormKind.Module, new()
    {
        ["in_channels"] = input,
        ["out_channels"] = output,
        ["kernel_size"] = kernel,
        ["stride"] = stride,
        ["padding"] = padding,
        ["dilation"] = dilation,
        ["groups"] = 1,
        ["bias"] = true,
    }, x);

    public int BatchNorm(int x) => Add("BatchNorm2d", FormKind.Module, new() { ["eps"] = 1e-5, ["num_features"] = 8 }, x);

    public int Sum(int a, int b) => Add("Add", FormKind.Symbol, new(), a, b);

    public int Relu(int x, string kind = "ReLU") => Add(kind, FormKind.Module, new(), x);

    public int Of(string op, AttributeMap attributes, params int[] inputs) => Add(op, FormKind.Module, attributes, inputs);

    public Graph Finish(params int[] outputs) => new("Test", "Net", March, new(new GraphInput("x", new(inputShape), 0)), _nodes.ToSeq(), new(outputs));

    private int Add(string op, FormKind kind, AttributeMap attributes, params int[] inputs)
    {
        _nodes.Add(new(op, $"{op.ToLowerInvariant()}{_nodes.Count}", new(kind, op), new(inputs), attributes));
        return _nodes.Count;
    }
}
