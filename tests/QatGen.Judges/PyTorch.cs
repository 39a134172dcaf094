using System.Text.Json;
using QatGen.Torch.Tests.Golden;
using static TorchSharp.torch;

namespace QatGen.Judges;

/// <summary>
/// PyTorch's quantized engines (tests/Golden/README.md). Symmetric int8 is ours; uint8 with a zero point is fed as int16 integers counted from it, and the result is shifted and clamped as the judge does.
/// </summary>
internal static class PyTorch
{
    private static readonly string[] Files = ["quant_s8", "quant_conv2d", "quant_linear", "quant_elementwise", "quant_unary"];

    public static IEnumerable<Trial> Trials() => Files.SelectMany(static f => GoldenFile.Read(f)).Where(Expressed).Concat(QatRun.Cases()).Select(Trial);

    /// <summary>The cases that are left out.</summary>
    public static IEnumerable<string> Missing() => Files.SelectMany(static f => GoldenFile.Read(f)).Where(static c => !Expressed(c)).Select(static c => c.Name);

    private static bool Expressed(GoldenCase c) => Call(c) is not null;

    private static Trial Trial(GoldenCase asked)
    {
        var (c, wide) = (Tables.ContainsKey(asked.Op) ? WithinInt8(asked) : asked, IsWide(asked));
        var (call, relu) = (Call(c)!.Value, HasRelu(c));
        var problem = new Problem(c.Name, call.Node, Inputs(c, wide), c.Real("y_scale"), reals => relu ? call.Real(reals).clamp_min(0) : call.Real(reals))
        {
            Weights = c.Inputs.ContainsKey("w") ? Weights(c) : null,
            DType = wide ? DType.QInt16 : DType.QInt8,
            March = Tables.ContainsKey(c.Op) ? March.Bayes : March.NashE,
        };
        var answers = c.Outputs.Where(o => !IsKnownWrong(c, o.Key)).Select(static o => new Answer("PyTorch " + o.Key[2..].Replace("_lt210", " (libtorch 2.10)", StringComparison.Ordinal), [.. o.Value.Data.Select(static v => (int)v)], !o.Key.Contains("qnnpack", StringComparison.Ordinal)));
        return Judges.Trial.Of(problem, [.. answers], Zero(c, "y"), wide ? 0 : sbyte.MinValue, wide ? byte.MaxValue : sbyte.MaxValue);
    }

    /// <summary>The operator and its value in float64; null where there is none.</summary>
    private static (Graphs.Node Node, Func<Tensor[], Tensor> Real)? Call(GoldenCase c)
    {
        var relu = HasRelu(c);
        switch (relu ? c.Op[..^5] : c.Op)
        {
            case "quantized.conv2d":
                var (stride, padding, dilation, groups) = (c.Integer("stride"), c.Integer("padding"), c.Integer("dilation"), c.Integer("groups"));
                return (Nodes.Conv(Shape(c, "w"), stride, padding, dilation, groups).WithRelu(relu), x => nn.functional.conv2d(x[0], x[1], x[2], [stride, stride], [padding, padding], [dilation, dilation], groups));
            case "quantized.linear":
                return (Nodes.Linear(Shape(c, "w")).WithRelu(relu), static x => nn.functional.linear(x[0], x[1], x[2]));
            case "quantized.add":
                return (Nodes.Symbol("Add", "op_Addition").WithRelu(relu), static x => x[0] + x[1]);
            case "quantized.mul":
                return (Nodes.Symbol("Mul", "op_Multiply").WithRelu(relu), static x => x[0] * x[1]);
            case "quantized.cat":
                return (Nodes.Cat(c.Integer("dim")), x => cat(x, c.Integer("dim")));
            case "avg_pool2d":
                var (window, step, pad) = (c.Integer("kernel_or_size"), c.Integer("stride"), c.Params.TryGetProperty("padding", out var p) ? p.GetInt32() : 0);
                var include = !c.Params.TryGetProperty("count_include_pad", out var i) || i.GetBoolean();
                return (Nodes.Pool("AvgPool2d", window, step, pad, include), x => nn.functional.avg_pool2d(x[0], window, step, pad, count_include_pad: include));
            case "quantized.conv_transpose2d":
                var (apart, cut, more) = (c.Integer("stride"), c.Integer("padding"), c.Integer("output_padding"));
                return (Nodes.ConvTranspose(Shape(c, "w"), apart, cut, more), x => nn.functional.conv_transpose2d(x[0], x[1], x[2], [apart, apart], [cut, cut], [more, more]));
            case "quantized.matmul":
                return (Nodes.MatMul(), static x => x[0].matmul(x[1]));
            case "adaptive_avg_pool2d" when c.Integer("kernel_or_size") == 1:
                return (Nodes.GlobalPool(), static x => x[0].mean([2, 3], keepdim: true));
            case "adaptive_avg_pool2d":
                return (Nodes.Module("AdaptiveAvgPool2d", new() { ["output_size"] = c.Integer("kernel_or_size") }), x => nn.functional.adaptive_avg_pool2d(x[0], c.Integer("kernel_or_size")));
            case "mean":
                return (Nodes.Mean(), static x => x[0].mean([2, 3]));
            case "max_pool2d":
                var (kernel, by, edge) = (c.Integer("kernel_or_size"), c.Integer("stride"), c.Params.TryGetProperty("padding", out var e) ? e.GetInt32() : 0);
                return (Nodes.MaxPool(kernel, by, edge), x => nn.functional.max_pool2d(x[0], kernel, by, edge));
            case "bilinear":
                var (factor, corners) = (c.Real("scale_factor"), c.Params.GetProperty("align_corners").GetBoolean());
                return (Nodes.Resize(factor, corners, "Bilinear"), x => nn.functional.interpolate(x[0], scale_factor: [factor, factor], mode: InterpolationMode.Bilinear, align_corners: corners));
            case "nearest":
                var times = c.Real("scale_factor");
                return (Nodes.Resize(times, false, "Nearest"), x => nn.functional.interpolate(x[0], scale_factor: [times, times], mode: InterpolationMode.Nearest));
            case var table when Tables.TryGetValue(table, out var function):
                return function;
            case "relu":
                return (Nodes.Module("ReLU", new(), Graphs.OutputKind.SameAsInput), static x => x[0].clamp_min(0));
            case "requantize":
                return (Nodes.Cat(1), static x => x[0]);
            default:
                return null;
        }
    }

    /// <summary>What is a table here.</summary>
    private static readonly Dictionary<string, (Graphs.Node Node, Func<Tensor[], Tensor> Real)> Tables = new()
    {
        ["hardswish"] = (Nodes.Module("Hardswish", new()), static x => nn.functional.hardswish(x[0])),
        ["sigmoid"] = (Nodes.Module("Sigmoid", new()), static x => x[0].sigmoid()),
        ["tanh"] = (Nodes.Module("Tanh", new()), static x => x[0].tanh()),
        ["leaky_relu"] = (Nodes.Module("LeakyReLU", new() { ["negative_slope"] = 0.1 }), static x => nn.functional.leaky_relu(x[0], 0.1)),
        ["elu"] = (Nodes.Module("ELU", new()), static x => nn.functional.elu(x[0], 1)),
    };

    /// <summary>The part of a case whose inputs are int8, for which a table is exact.</summary>
    private static GoldenCase WithinInt8(GoldenCase c)
    {
        var kept = Enumerable.Range(0, c.Inputs["x"].Data.Length).Where(i => c.Inputs["x"].Data[i] - Zero(c, "x") is >= sbyte.MinValue and <= sbyte.MaxValue).ToArray();
        GoldenTensor Part(GoldenTensor t) => new([1, kept.Length], [.. kept.Select(i => t.Data[i])]);
        return c with { Inputs = new Dictionary<string, GoldenTensor> { ["x"] = Part(c.Inputs["x"]) }, Outputs = c.Outputs.ToDictionary(static o => o.Key, o => Part(o.Value)) };
    }

    private static IReadOnlyList<Operand> Inputs(GoldenCase c, bool wide)
    {
        var isTable = Tables.ContainsKey(c.Op);
        Operand[] inputs = [.. new[] { "x", "x2" }.Where(c.Inputs.ContainsKey).Select(n => Input(c, n, wide && !isTable))];
        return c.Op == "quantized.matmul" ? Operand.Halves(inputs[0], inputs[1]) : inputs;
    }

    private static bool HasRelu(GoldenCase c) => c.Op.StartsWith("quantized.", StringComparison.Ordinal) && c.Op.EndsWith("_relu", StringComparison.Ordinal);

    private static bool IsWide(GoldenCase c) => c.Params.GetProperty("x_zero_point").ValueKind != JsonValueKind.Null && !c.Name.StartsWith("s8_", StringComparison.Ordinal);

    private static bool IsKnownWrong(GoldenCase c, string engine) => c.Name switch
    {
        "avg3s2p1_nopadcount" => engine.StartsWith("y_qnnpack", StringComparison.Ordinal),
        "convT_t2s2" or "convT_t3s2" => engine is "y_x86_lt210" or "y_onednn_lt210",
        _ => false,
    };

    private static int Zero(GoldenCase c, string tensor) => c.Integer(tensor + "_zero_point");

    private static int[] Shape(GoldenCase c, string input) => [.. c.Inputs[input].Shape.Select(static d => (int)d)];

    private static Operand Input(GoldenCase c, string name, bool wide) => Operand.Of(Shape(c, name), c.Inputs[name].Data, c.Real(name + "_scale"), Zero(c, name), wide);

    private static Weights Weights(GoldenCase c)
    {
        var axis = c.Op == "quantized.conv_transpose2d" ? 1 : 0;
        var scales = c.Inputs.TryGetValue("w_scales", out var perChannel) ? perChannel.Data : [.. Enumerable.Repeat(c.Real("w_scale"), Shape(c, "w")[axis])];
        return new(Shape(c, "w"), [.. c.Inputs["w"].Data.Select(static q => (int)q)], scales, [.. c.Inputs["bias"].Data.Select(static b => (float)b)], axis);
    }
}
