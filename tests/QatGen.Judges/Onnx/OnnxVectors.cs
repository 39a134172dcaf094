using static TorchSharp.torch;

namespace QatGen.Judges.Onnx;

/// <summary>
/// The vectors that ONNX keeps for its backends (tests/Golden/README.md), uint8 with zero points. Weights beyond int8 once their zero point is taken away are spread over copies of the input channels,
/// which gives the same sums.
/// </summary>
internal static class OnnxVectors
{
    private const string Judge = "ONNX vectors";
    private const int Copies = 3;

    public static IEnumerable<Trial> Trials() =>
    [
        .. new[] { "quantizelinear", "quantizelinear_axis" }.SelectMany(Quantize),
        .. new[] { "dequantizelinear", "dequantizelinear_axis" }.SelectMany(Dequantize),
        .. new[] { "basic_convinteger", "convinteger_with_padding", "convinteger_without_padding" }.Select(ConvInteger),
        QLinearConv(),
        .. new[] { "qlinearmatmul_2D", "qlinearmatmul_3D" }.SelectMany(QLinearMatMul),
        MatMulInteger(),
    ];

    /// <summary>Each slice of axis 1 has its own scale and zero point.</summary>
    private static IEnumerable<Trial> Quantize(string name) => Slices(In(name, 0), In(name, 1), In(name, 2), Out(name)).Select(s =>
        new Trial("quantize", name, () => Quantized(s.Input, s.Scale, DType.QInt16), () => Exact.Of([.. s.Input.Select(v => v / s.Scale)]), [new(Judge, [.. s.Output.Select(static v => (int)v)])], s.Zero, 0, 255));

    /// <summary>Reals are compared bit for bit.</summary>
    private static IEnumerable<Trial> Dequantize(string name) => Slices(In(name, 0), In(name, 1), In(name, 2), Out(name)).Select(s => new Trial(
        "dequantize", name,
        () => Dequantized([.. s.Input.Select(q => (int)q - s.Zero)], s.Scale, DType.QInt16),
        () => Exact.Of(s.Input), [new(Judge, [.. s.Output.Select(static v => BitConverter.SingleToInt32Bits((float)v))])], 0, int.MinValue, int.MaxValue));

    /// <summary>What a model's input makes of reals.</summary>
    public static int[] Quantized(double[] reals, double scale, DType type)
    {
        var spec = new TensorSpec("x", new(1, reals.Length), type, new(scale));
        return new Signature("Judged", March.NashE, new(spec), Seq<TensorSpec>.Empty).Quantize(0, [.. reals.Select(static v => (float)v)], 1).Data;
    }

    /// <summary>What a model's output makes of integers: the bits of the reals.</summary>
    public static int[] Dequantized(int[] integers, double scale, DType type) =>
        [.. new QTensor([1, integers.Length], type, integers, scale).Dequantize().Select(BitConverter.SingleToInt32Bits)];

    private static Trial ConvInteger(string name)
    {
        var (x, w, zero, pad) = (In(name, 0), In(name, 1), In(name, 2), name.Contains("with_", StringComparison.Ordinal) ? 1 : 0);
        var weights = new Weights(w.Shape, w.Integers, [1], [0]);
        return Accumulator(new(name, Nodes.Conv(w.Shape, 1, pad, 1, 1), [Operand.Of(x.Shape, x.Data, 1, (int)zero.Data[0])], 1, r => nn.functional.conv2d(r[0], r[1], r[2], [1, 1], [pad, pad])) { Weights = weights }, Out(name));
    }

    private static Trial QLinearConv()
    {
        const string Name = "qlinearconv";
        var (x, w) = (In(Name, 0), In(Name, 3));
        var weights = Weights.Spread(w.Shape, [.. w.Integers.Select(static q => q - (int)In(Name, 5).Data[0])], In(Name, 4).Data[0], Copies);
        var input = Copied(Operand.Of(x.Shape, x.Data, In(Name, 1).Data[0], (int)In(Name, 2).Data[0], wide: true));
        return Requantized(new(Name, Nodes.Conv(weights.Shape, 1, 0, 1, 1), [input], In(Name, 6).Data[0], static r => nn.functional.conv2d(r[0], r[1], r[2])) { Weights = weights }, Out(Name), (int)In(Name, 7).Data[0]);
    }

    /// <summary>One linear layer per matrix of the batch.</summary>
    private static IEnumerable<Trial> QLinearMatMul(string name)
    {
        var (a, b, y) = (In(name, 0), In(name, 3), Out(name));
        var (rows, inner, columns) = (a.Shape[^2], a.Shape[^1], b.Shape[^1]);
        for (var n = 0; n < a.Data.Length / (rows * inner); n++)
        {
            var input = Copied(Operand.Of([rows, inner], a.Data[(n * rows * inner)..((n + 1) * rows * inner)], In(name, 1).Data[0], (int)In(name, 2).Data[0], wide: true));
            var weights = Weights.Spread([columns, inner], Transposed(b.Integers[(n * inner * columns)..((n + 1) * inner * columns)], inner, columns, (int)In(name, 5).Data[0]), In(name, 4).Data[0], Copies);
            var part = y with { Data = y.Data[(n * rows * columns)..((n + 1) * rows * columns)] };
            yield return Requantized(new(name, Nodes.Linear(weights.Shape), [input], In(name, 6).Data[0], static r => nn.functional.linear(r[0], r[1], r[2])) { Weights = weights }, part, (int)In(name, 7).Data[0]);
        }
    }

    private static Trial MatMulInteger()
    {
        const string Name = "matmulinteger";
        var (a, b) = (In(Name, 0), In(Name, 1));
        var weights = Weights.Spread([b.Shape[1], b.Shape[0]], Transposed(b.Integers, b.Shape[0], b.Shape[1], (int)In(Name, 3).Data[0]), 1, Copies);
        var input = Copied(Operand.Of(a.Shape, a.Data, 1, (int)In(Name, 2).Data[0], wide: true));
        return Accumulator(new(Name, Nodes.Linear(weights.Shape), [input], 1, static r => nn.functional.linear(r[0], r[1], r[2])) { Weights = weights }, Out(Name));
    }

    private static Trial Accumulator(Problem problem, OnnxTensor output) => Trial.Of(problem with { DType = DType.QInt32 }, [new(Judge, output.Integers)], 0, int.MinValue, int.MaxValue);

    private static Trial Requantized(Problem problem, OnnxTensor output, int zeroPoint) => Trial.Of(problem with { DType = DType.QInt16 }, [new(Judge, output.Integers)], zeroPoint, 0, 255);

    /// <summary>Every channel as often as its weights are spread.</summary>
    private static Operand Copied(Operand x)
    {
        var inner = x.Shape.Skip(2).Aggregate(1, static (n, d) => n * d);
        return x with { Shape = [x.Shape[0], x.Shape[1] * Copies, .. x.Shape[2..]], Data = [.. x.Data.Chunk(inner).SelectMany(static c => Enumerable.Repeat(c, Copies)).SelectMany(static c => c)] };
    }

    private static int[] Transposed(int[] matrix, int rows, int columns, int zeroPoint) =>
        [.. from c in Enumerable.Range(0, columns) from r in Enumerable.Range(0, rows) select matrix[(r * columns) + c] - zeroPoint];

    private static IEnumerable<(double[] Input, double Scale, int Zero, double[] Output)> Slices(OnnxTensor x, OnnxTensor scale, OnnxTensor zero, OnnxTensor y)
    {
        var inner = x.Shape.Skip(2).Aggregate(1, static (n, d) => n * d);
        return Enumerable.Range(0, scale.Data.Length).Select(c => (Slice(x.Data, c), scale.Data[c], (int)zero.Data[c], Slice(y.Data, c)));

        double[] Slice(double[] data, int c) => [.. data.Where((_, i) => scale.Data.Length == 1 || i / inner % scale.Data.Length == c)];
    }

    private static OnnxTensor In(string name, int input) => Read(name, $"input_{input}.pb");

    private static OnnxTensor Out(string name) => Read(name, "output_0.pb");

    private static OnnxTensor Read(string name, string file) => Proto.ReadTensor(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "onnx", name, file)));
}
