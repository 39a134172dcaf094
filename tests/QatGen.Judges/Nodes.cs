using QatGen.Graphs;

namespace QatGen.Judges;

/// <summary>Operator calls as capture would give them.</summary>
internal static class Nodes
{
    private static readonly Node Relu = new("ReLU", "relu", new(FormKind.Module, "ReLU"), new(0), new());

    public static Node Conv(int[] weight, int stride, int padding, int dilation, int groups) => Module("Conv2d", new()
    {
        ["in_channels"] = weight[1] * groups,
        ["out_channels"] = weight[0],
        ["kernel_size"] = weight[2],
        ["stride"] = stride,
        ["padding"] = padding,
        ["dilation"] = dilation,
        ["groups"] = groups,
        ["bias"] = true,
    });

    public static Node Linear(int[] weight) => Module("Linear", new() { ["inputSize"] = weight[1], ["outputSize"] = weight[0], ["hasBias"] = true });

    public static Node Pool(string op, int kernel, int stride, int padding, bool include = true) =>
        Module(op, new() { ["kernel_size"] = kernel, ["stride"] = stride, ["padding"] = padding, ["count_include_pad"] = include });

    public static Node MaxPool(int kernel, int stride, int padding) => Module("MaxPool2d", new() { ["kernel_size"] = kernel, ["stride"] = stride, ["padding"] = padding }, OutputKind.SameAsInput);

    public static Node GlobalPool() => Module("AdaptiveAvgPool2d", new() { ["output_size"] = 1 });

    public static Node Mean() => new("Mean", "", new(FormKind.Method, "mean"), new(0), new() { ["dimensions"] = new long[] { 2, 3 }, ["keepdim"] = false }) { Output = OutputKind.Quantized };

    public static Node ConvTranspose(int[] weight, int stride, int padding, int outputPadding) => Module("ConvTranspose2d", new()
    {
        ["in_channels"] = weight[0],
        ["out_channels"] = weight[1],
        ["kernel_size"] = weight[2],
        ["stride"] = stride,
        ["padding"] = padding,
        ["output_padding"] = outputPadding,
        ["bias"] = true,
    });

    public static Node MatMul() => new("MatMul", "", new(FormKind.Torch, "matmul"), new(0), new()) { Output = OutputKind.Quantized };

    public static Node Resize(double factor, bool corners, string mode) => new("Interpolate", "", new(FormKind.Functional, "interpolate"), new(0), new()
    {
        ["scale_factor"] = new Value.Items(new(factor, factor)),
        ["mode"] = new Value.Member("TorchSharp.torch.InterpolationMode." + mode),
        ["align_corners"] = corners,
    });

    public static Node Cat(int axis) => new("Cat", "", new(FormKind.Torch, "cat"), new(0), new() { ["dim"] = axis }) { Output = OutputKind.Quantized };

    public static Node Symbol(string op, string symbol) => new(op, "", new(FormKind.Symbol, symbol), new(0), new()) { Output = OutputKind.Quantized };

    public static Node Module(string op, AttributeMap attributes, OutputKind output = OutputKind.Quantized) => new(op, "", new(FormKind.Module, op), new(0), attributes) { Output = output };

    public static Node WithRelu(this Node node, bool relu) => relu ? node with { Absorbed = new(Relu) } : node;
}
