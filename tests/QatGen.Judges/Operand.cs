using static TorchSharp.torch;

namespace QatGen.Judges;

/// <summary>Integers, counted from the zero point, and the real value of one step.</summary>
internal sealed record Operand(int[] Shape, int[] Data, double Scale, DType DType)
{
    public Tensor Real => tensor(Data.Select(q => q * Scale).ToArray()).reshape([.. Shape.Select(static d => (long)d)]);

    /// <summary>From a judge's integers and zero point: where they do not fit int8 after the zero point is taken away, they are int16.</summary>
    public static Operand Of(int[] shape, IEnumerable<double> integers, double scale, int zeroPoint = 0, bool wide = false) =>
        new(shape, [.. integers.Select(q => (int)q - zeroPoint)], scale, wide ? DType.QInt16 : DType.QInt8);
}

/// <summary>int8 weights [O, ...] with one scale per output channel, and a bias [O] in reals.</summary>
internal sealed record Weights(int[] Shape, int[] Data, double[] Scales, float[] Bias)
{
    public Tensor Real => tensor(Data.Select((q, i) => q * Scales[i / (Data.Length / Shape[0])]).ToArray()).reshape([.. Shape.Select(static d => (long)d)]);

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
