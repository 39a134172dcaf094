namespace QatGen.Arithmetic;

/// <summary>
/// A function of an int16 by lines and tables: a line left of the first split, six segments of 64 entries between seven splits, a line from the last split on (NUMERICS section 6).
/// Results have <see cref="FractionBits"/> more bits than the output, which the last shift rounds away.
/// </summary>
/// <remarks>
/// The entries of a segment from p to p + n are the function at p, p + n/63 ... p + n, so an input q lies (q - p) * 63 / n entries in. With 8 bits behind the point, rounded, that is
/// u = ((q - p) * m + 2^15) >> 16 with m = floor(63 * 2^24 / n); no product exceeds 63 * 2^24 &lt; 2^31. Between entries i = u >> 8 and i + 1, at f = u - 256 i, the value is
/// (v_i * (256 - f) + v_(i+1) * f) / 256, rounded half up together with the fraction bits. A line through the outer entry v at split p is v + (q - p) * slope / 2^16.
/// </remarks>
public sealed class SegmentTable(IReadOnlyList<int> splits, IReadOnlyList<int> values, IReadOnlyList<int> slopes, DType output)
{
    public const int Segments = 6;
    public const int Entries = 64;
    public const int InterpolationBits = 8;
    public const int SlopeBits = 16;
    private const int PositionBits = 16;
    private const long Positions = (long)(Entries - 1) << (InterpolationBits + PositionBits);

    private readonly long[] _steps = [.. Enumerable.Range(0, Segments).Select(k => splits[k + 1] > splits[k] ? Positions / ((long)splits[k + 1] - splits[k]) : 0)];

    /// <summary>Bits behind the point of entries: an int8 result has 7, so that what is rounded is the interpolated value, not the entries.</summary>
    public static int FractionBits(DType output) => output == DType.QInt8 ? 7 : 0;

    public int Apply(int q)
    {
        if (q < splits[0])
        {
            return Line(q, splits[0], values[0], slopes[0]);
        }

        for (var k = 0; k < Segments; k++)
        {
            if (q < splits[k + 1])
            {
                return Interpolate(k, q - splits[k]);
            }
        }

        return Line(q, splits[Segments], values[(Segments * Entries) - 1], slopes[1]);
    }

    private int Line(int q, int split, int value, int slope) => Rounded((((long)q - split) * slope) + ((long)value << SlopeBits), SlopeBits);

    private int Interpolate(int segment, long offset)
    {
        var position = (int)(((offset * _steps[segment]) + (1 << (PositionBits - 1))) >> PositionBits);

        // The last half step of a long segment rounds to its last entry.
        var entry = Math.Min(position >> InterpolationBits, Entries - 2);
        var fraction = position - (entry << InterpolationBits);
        var at = (segment * Entries) + entry;
        return Rounded(((long)values[at] * ((1 << InterpolationBits) - fraction)) + ((long)values[at + 1] * fraction), InterpolationBits);
    }

    private int Rounded(long value, int bits)
    {
        var shift = bits + FractionBits(output);
        return Quantization.Clamp((value + (1L << (shift - 1))) >> shift, output.Min(), output.Max());
    }
}
