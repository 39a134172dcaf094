using static TorchSharp.torch;

namespace QatGen.Judges;

/// <summary>Integers, counted from the zero point, and the real value of one step.</summary>
internal sealed record Operand(int[] Shape, int[] Data, double Scale, DType DType)
{
    public Tensor Real => tensor(Data.Select(q => q * Scale).ToArray()).reshape([.. Shape.Select(static d => (long)d)]);

    /// <summary>From a judge's integers and zero point: where they do not fit int8 after the zero point is taken away, they are int16.</summary>
    public static Operand Of(int[] shape, IEnumerable<double> integers, double scale, int zeroPoint = 0, bool wide = false) =>
        new(shape, [.. integers.Select(q => (int)q - zeroPoint)], scale, wide ? DType.QInt16 : DType.QInt8);

    /// <summary>
    /// Matrices x [..., M, K] of at most twice int8 and y [..., K, P] whose product is the same with one side in int8: x in two parts beside each other, y twice below itself.
    /// </summary>
    public static IReadOnlyList<Operand> Halves(Operand x, Operand y)
    {
        var (inner, block) = (x.Shape[^1], y.Shape[^2] * y.Shape[^1]);
        var parts = x.Data.Chunk(inner).SelectMany(row => row.Select(Near).Concat(row.Select(static q => q - Near(q))));
        return
        [
            new([.. x.Shape[..^1], 2 * inner], [.. parts], x.Scale, DType.QInt8),
            y with { Shape = [.. y.Shape[..^2], 2 * inner, y.Shape[^1]], Data = [.. y.Data.Chunk(block).SelectMany(static matrix => matrix.Concat(matrix))] },
        ];

        static int Near(int q) => Math.Clamp(q, sbyte.MinValue, sbyte.MaxValue);
    }
}

/// <summary>int8 weights [O, ...], or with the outputs on another axis, with one scale per output channel, and a bias [O] in reals.</summary>
internal sealed record Weights(int[] Shape, int[] Data, double[] Scales, float[] Bias, int OutputAxis = 0)
{
    public Tensor Real => tensor(Data.Select((q, i) => q * Scales[i / Shape.Skip(OutputAxis + 1).Aggregate(1, static (n, d) => n * d) % Shape[OutputAxis]]).ToArray()).reshape([.. Shape.Select(static d => (long)d)]);

    /// <summary>What the integers of the bias stand for with an input (NUMERICS section 3).</summary>
    public Tensor RoundedBias(double inputScale) => tensor(Bias.Select((b, c) => Math.Floor((b / (inputScale * Scales[c])) + 0.5) * (inputScale * Scales[c])).ToArray());

    /// <summary>
    /// Integers beyond int8, as where a zero point was taken away, without bias: each input channel is read <paramref name="copies"/> times and its weight spread over the copies.
    /// </summary>
    public static Weights Spread(int[] shape, int[] data, double scale, int copies)
    {
        var inner = shape.Skip(2).Aggregate(1, static (n, d) => n * d);
        var spread = data.Chunk(inner).SelectMany(kernel => Enumerable.Range(0, copies).SelectMany(copy => kernel.Select(w => Math.Clamp(w - (Math.Sign(w) * 127 * copy), w < 0 ? -127 : 0, w < 0 ? 0 : 127))));
        return new([shape[0], shape[1] * copies, .. shape[2..]], [.. spread], [.. Enumerable.Repeat(scale, shape[0])], new float[shape[0]]);
    }
}
