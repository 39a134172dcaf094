using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace QatGen.Judges.Onnx;

/// <summary>
/// ONNX Runtime's own int8 operators on models of one node. Weights keep to 7 bits: on processors without VNNI its kernels add pairs of products in 16 bits, which saturates.
/// </summary>
internal static class OnnxRuntime
{
    private const string Judge = "ONNX Runtime";
    private const string Microsoft = "com.microsoft";
    private const int Seed = 20260901;

    /// <summary>Scales that put hardly any value beside the middle of two integers, and powers of two, which put many there.</summary>
    private static readonly bool[] Kinds = [false, true];

    private static readonly (string Name, int[] Input, int[] Weight, int Stride, int Padding, int Dilation, int Groups)[] Convolutions =
    [
        ("3x3", [2, 3, 9, 7], [8, 3, 3, 3], 1, 1, 1, 1),
        ("1x1", [1, 5, 6, 6], [16, 5, 1, 1], 1, 0, 1, 1),
        ("one pixel", [1, 7, 1, 1], [3, 7, 1, 1], 1, 0, 1, 1),
        ("7x7 stride 2", [1, 3, 23, 20], [16, 3, 7, 7], 2, 3, 1, 1),
        ("depthwise", [1, 12, 8, 11], [12, 1, 3, 3], 1, 1, 1, 12),
        ("depthwise stride 2", [1, 33, 9, 9], [33, 1, 3, 3], 2, 1, 1, 33),
        ("groups", [2, 8, 5, 5], [12, 2, 3, 3], 1, 1, 1, 4),
        ("dilation", [1, 4, 11, 8], [6, 4, 3, 3], 1, 2, 2, 1),
        ("wide", [1, 130, 4, 5], [67, 130, 3, 3], 1, 1, 1, 1),
    ];

    public static IEnumerable<Trial> Trials()
    {
        var random = new Random(Seed);
        return
        [
            .. from c in Convolutions from tie in Kinds select Conv(random, tie, c.Name, c.Input, c.Weight, c.Stride, c.Padding, c.Dilation, c.Groups),
            .. from size in new[] { (3, 37, 11), (1, 1, 1), (5, 64, 10), (2, 129, 33) } from tie in Kinds select MatMul(random, tie, size.Item1, size.Item2, size.Item3),
            .. from call in new[] { ("QLinearAdd", "Add", "op_Addition"), ("QLinearMul", "Mul", "op_Multiply") }
               from shapes in new int[][][] { [[2, 5, 3, 7], [2, 5, 3, 7]], [[2, 5, 3, 7], [2, 1, 3, 7]], [[3, 67], [3, 67]] }
               from tie in Kinds
               select Binary(random, tie, call.Item1, Nodes.Symbol(call.Item2, call.Item3), shapes[0], shapes[1]),
            .. from tie in Kinds select Concat(random, tie),
            .. from kernel in new[] { (2, 2, 0), (3, 2, 1), (3, 1, 0) } from tie in Kinds select AveragePool(random, tie, kernel.Item1, kernel.Item2, kernel.Item3),
            .. from tie in Kinds select GlobalAveragePool(random, tie),
            .. from kernel in new[] { (2, 2, 0), (3, 2, 1) } select MaxPool(random, kernel.Item1, kernel.Item2, kernel.Item3),
            .. from wide in Kinds from tie in Kinds select Quantize(random, tie, wide),
            .. from wide in Kinds select Dequantize(random, wide),
        ];
    }

    private static Trial Conv(Random random, bool tie, string name, int[] shape, int[] weight, int stride, int padding, int dilation, int groups)
    {
        var x = Input(random, tie, shape);
        var w = WithBias(random, Parameters(random, tie, weight), x);
        var scale = Scale(random, tie, 0.25, 0.3, 0.9);
        int[] pads = [padding, padding, padding, padding];
        var node = new OnnxNode("QLinearConv", [.. Quantized(x), Integers(w.Shape, w.Data), Float(w.Scales), OnnxTensor.Vector(OnnxType.Int8, new double[w.Scales.Length]), .. Step(scale), Bias(w, x)], OnnxType.Int8, "",
            ("strides", new[] { stride, stride }), ("pads", pads), ("dilations", new[] { dilation, dilation }), ("group", groups), ("kernel_shape", weight[2..]));
        var problem = new Problem(name, Nodes.Conv(weight, stride, padding, dilation, groups), [x], scale, r => nn.functional.conv2d(r[0], r[1], r[2], [stride, stride], [padding, padding], [dilation, dilation], groups)) { Weights = w };
        return Against(problem, node);
    }

    private static Trial MatMul(Random random, bool tie, int rows, int inner, int columns)
    {
        var (x, w, scale) = (Input(random, tie, [rows, inner]), Parameters(random, tie, [columns, inner]), Scale(random, tie, 0.25, 0.3, 0.9));
        var transposed = Enumerable.Range(0, inner).SelectMany(i => Enumerable.Range(0, columns).Select(c => w.Data[(c * inner) + i])).ToArray();
        var node = new OnnxNode("QLinearMatMul", [.. Quantized(x), Integers([inner, columns], transposed), Float(w.Scales), OnnxTensor.Vector(OnnxType.Int8, new double[columns]), .. Step(scale)], OnnxType.Int8);
        return Against(new($"{rows}x{inner}x{columns}", Nodes.Linear(w.Shape), [x], scale, static r => nn.functional.linear(r[0], r[1], r[2])) { Weights = w }, node);
    }

    private static Trial Binary(Random random, bool tie, string op, Graphs.Node ours, int[] left, int[] right)
    {
        var (x, y, scale) = (Input(random, tie, left), Input(random, tie, right), Scale(random, tie, 0.125, 0.02, 0.06));
        Func<Tensor[], Tensor> real = ours.Operator == "Add" ? static r => r[0] + r[1] : static r => r[0] * r[1];
        return Against(new(op, ours, [x, y], scale, real), new(op, [.. Quantized(x), .. Quantized(y), .. Step(scale)], OnnxType.Int8, Microsoft));
    }

    private static Trial Concat(Random random, bool tie)
    {
        Operand[] parts = [Input(random, tie, [2, 5, 3, 4]), Input(random, tie, [2, 3, 3, 4]), Input(random, tie, [2, 1, 3, 4])];
        var scale = Scale(random, tie, 0.125, 0.02, 0.06);
        return Against(new("concat", Nodes.Cat(1), parts, scale, static r => cat(r, 1)), new("QLinearConcat", [.. Step(scale), .. parts.SelectMany(Quantized)], OnnxType.Int8, Microsoft, ("axis", 1)));
    }

    private static Trial AveragePool(Random random, bool tie, int kernel, int stride, int padding)
    {
        var (x, scale) = (Input(random, tie, [2, 5, 9, 11]), Scale(random, tie, 0.125, 0.01, 0.05));
        var node = new OnnxNode("QLinearAveragePool", [.. Quantized(x), .. Step(scale)], OnnxType.Int8, Microsoft,
            ("kernel_shape", new[] { kernel, kernel }), ("strides", new[] { stride, stride }), ("pads", new[] { padding, padding, padding, padding }), ("count_include_pad", 1));
        return Against(new($"{kernel}x{kernel}", Nodes.Pool("AvgPool2d", kernel, stride, padding), [x], scale, r => nn.functional.avg_pool2d(r[0], kernel, stride, padding)), node);
    }

    private static Trial GlobalAveragePool(Random random, bool tie)
    {
        var (x, scale) = (Input(random, tie, [2, 9, 8, 8]), Scale(random, tie, 0.015625, 0.002, 0.006));
        return Against(new("8x8", Nodes.GlobalPool(), [x], scale, static r => r[0].mean([2, 3], keepdim: true)), new("QLinearGlobalAveragePool", [.. Quantized(x), .. Step(scale)], OnnxType.Int8, Microsoft));
    }

    private static Trial MaxPool(Random random, int kernel, int stride, int padding)
    {
        var x = Input(random, false, [2, 5, 9, 11]);
        var node = new OnnxNode("MaxPool", [Integers(x.Shape, x.Data)], OnnxType.Int8, "", ("kernel_shape", new[] { kernel, kernel }), ("strides", new[] { stride, stride }), ("pads", new[] { padding, padding, padding, padding }));
        return Against(new($"{kernel}x{kernel}", Nodes.MaxPool(kernel, stride, padding), [x], x.Scale, r => nn.functional.max_pool2d(r[0], kernel, stride, padding)), node);
    }

    private static Trial Quantize(Random random, bool tie, bool wide)
    {
        var (scale, type) = (Scale(random, tie, 0.5, 0.01, 0.05), wide ? DType.QInt16 : DType.QInt8);
        var reals = Enumerable.Range(0, 4000).Select(_ => tie ? random.Next(-400, 400) * 0.25 : (double)(float)((random.NextDouble() - 0.5) * 300 * scale)).ToArray();
        var node = new OnnxNode("QuantizeLinear", [new([reals.Length], OnnxType.Float, reals), OnnxTensor.Scalar(OnnxType.Float, scale), OnnxTensor.Scalar(Type(type), 0)], Type(type));
        return new("quantize", "quantize", () => OnnxVectors.Quantized(reals, scale, type), () => Exact.Of([.. reals.Select(v => v / scale)]), [new(Judge, [.. Run(node).Select(static v => (int)v)])], 0, type.Min(), type.Max());
    }

    private static Trial Dequantize(Random random, bool wide)
    {
        var (scale, type) = (Scale(random, false, 0, 0.01, 0.05), wide ? DType.QInt16 : DType.QInt8);
        var integers = Enumerable.Range(type.Min(), type.Max() - type.Min() + 1).ToArray();
        var node = new OnnxNode("DequantizeLinear", [new([integers.Length], Type(type), [.. integers.Select(static q => (double)q)]), OnnxTensor.Scalar(OnnxType.Float, scale), OnnxTensor.Scalar(Type(type), 0)], OnnxType.Float);
        return new("dequantize", "dequantize", () => OnnxVectors.Dequantized(integers, scale, type), () => Exact.Of(new double[integers.Length]), [new(Judge, [.. Run(node).Select(static v => BitConverter.SingleToInt32Bits((float)v))])], 0, int.MinValue, int.MaxValue);
    }

    private static Trial Against(Problem problem, OnnxNode node) => Trial.Of(problem, [new(Judge, [.. Run(node).Select(static v => (int)v)])]);

    /// <summary>Runs a node as it is, without the optimizations of a session.</summary>
    private static double[] Run(OnnxNode node)
    {
        using var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL, IntraOpNumThreads = 1 };
        using var session = new InferenceSession(Proto.Model(node), options);
        var values = node.Tensors.Select(static t => (t.Name, Value: ToValue(t.Tensor))).ToArray();
        using var run = new RunOptions();
        using var results = session.Run(run, values.ToDictionary(static v => v.Name, static v => v.Value), ["y"]);
        Array.ForEach(values, static v => v.Value.Dispose());
        return node.Output switch
        {
            OnnxType.Int8 => [.. results[0].GetTensorDataAsSpan<sbyte>().ToArray().Select(static v => (double)v)],
            OnnxType.Int16 => [.. results[0].GetTensorDataAsSpan<short>().ToArray().Select(static v => (double)v)],
            _ => [.. results[0].GetTensorDataAsSpan<float>().ToArray().Select(static v => (double)v)],
        };
    }

    private static OrtValue ToValue(OnnxTensor t)
    {
        long[] shape = [.. t.Shape.Select(static d => (long)d)];
        return t.Type switch
        {
            OnnxType.Int8 => OrtValue.CreateTensorValueFromMemory(t.Data.Select(static v => (sbyte)v).ToArray(), shape),
            OnnxType.Int16 => OrtValue.CreateTensorValueFromMemory(t.Data.Select(static v => (short)v).ToArray(), shape),
            OnnxType.Int32 => OrtValue.CreateTensorValueFromMemory(t.Data.Select(static v => (int)v).ToArray(), shape),
            _ => OrtValue.CreateTensorValueFromMemory(t.Data.Select(static v => (float)v).ToArray(), shape),
        };
    }

    private static OnnxType Type(DType type) => type == DType.QInt16 ? OnnxType.Int16 : OnnxType.Int8;

    private static OnnxTensor Integers(int[] shape, int[] data) => new(shape, OnnxType.Int8, [.. data.Select(static v => (double)v)]);

    private static OnnxTensor Float(double[] values) => OnnxTensor.Vector(OnnxType.Float, values);

    private static OnnxTensor[] Step(double scale) => [OnnxTensor.Scalar(OnnxType.Float, scale), OnnxTensor.Scalar(OnnxType.Int8, 0)];

    private static OnnxTensor[] Quantized(Operand x) => [Integers(x.Shape, x.Data), .. Step(x.Scale)];

    private static OnnxTensor Bias(Weights w, Operand x) => OnnxTensor.Vector(OnnxType.Int32, [.. w.Bias.Select((b, c) => Math.Floor((b / (x.Scale * w.Scales[c])) + 0.5))]);

    private static Weights WithBias(Random random, Weights w, Operand x) => w with { Bias = [.. w.Scales.Select(s => (float)(random.Next(-500, 500) * s * x.Scale))] };

    private static Operand Input(Random random, bool tie, int[] shape) =>
        new(shape, [.. Enumerable.Range(0, shape.Aggregate(1, static (n, d) => n * d)).Select(_ => random.Next(sbyte.MinValue, sbyte.MaxValue + 1))], Scale(random, tie, 0.0625, 0.01, 0.05), DType.QInt8);

    private static Weights Parameters(Random random, bool tie, int[] shape) => new(
        shape, [.. Enumerable.Range(0, shape.Aggregate(1, static (n, d) => n * d)).Select(_ => random.Next(-63, 64))],
        [.. Enumerable.Range(0, shape[0]).Select(_ => Scale(random, tie, 0.03125, 0.002, 0.02))], new float[shape[0]]);

    /// <summary>A power of two, or a float32 between two limits.</summary>
    private static double Scale(Random random, bool tie, double power, double low, double high) => tie ? power : (float)(low + (random.NextDouble() * (high - low)));
}
