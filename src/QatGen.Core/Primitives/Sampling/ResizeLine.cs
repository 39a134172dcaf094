using QatGen.Arithmetic;

namespace QatGen.Primitives;

/// <summary>Where a result on an axis comes from: element <paramref name="First"/>, and <paramref name="Second"/> with the weight <paramref name="Weight"/> out of the line's denominator.</summary>
public readonly record struct ResizeTap(int First, int Second, int Weight);

/// <summary>
/// One axis of a linear resize. PyTorch's position of result i is (i + 1/2) * step - 1/2, or i * step with aligned corners, and a step is a fraction of two sizes: so positions have a common denominator,
/// and weights that are multiples of its reciprocal are exact. Where it is larger than int32 sums allow, positions are rounded to the largest allowed power of two D: a weight is then off by at most
/// 1 / 2D, and the result by that times the difference of its two neighbours.
/// </summary>
public sealed record ResizeLine(int Denominator, Seq<ResizeTap> Taps)
{
    private const int LargestDivisor = 1024;
    private const double SameFactor = 1e-12;
    private const int RoundedBits = 30;

    /// <summary>The missing axis of a line of values.</summary>
    public static ResizeLine Single { get; } = new(1, new(new ResizeTap(0, 0, 0)));

    /// <summary>
    /// The largest denominator of each axis with which the sum of a result, bound * denominator of every axis, stays in int32: 128 * 4095^2 and 32768 * 255^2 are below 2^31.
    /// </summary>
    public static int LargestDenominator(DType type, int axes) => (type, axes) switch
    {
        (DType.QInt8, 2) => 4095,
        (DType.QInt8, _) => 4095 * 4095,
        (_, 2) => 255,
        _ => 255 * 255,
    };

    /// <summary>An axis of <paramref name="input"/> elements that gets <paramref name="output"/>; <paramref name="factor"/> decides the step unless it is null or corners are aligned.</summary>
    public static ResizeLine Of(int input, int output, double? factor, bool alignCorners, int largest)
    {
        var (p, q) = alignCorners ? (output > 1 ? input - 1 : 0, Math.Max(1, output - 1)) : factor is { } f ? Reciprocal(f) : (input, output);

        // The position of result i is (step * i + first) / denominator.
        var (step, first, denominator) = alignCorners ? (p, 0L, q) : (2 * p, p - q, 2 * q);
        var divisor = Divisor(Divisor(step, Math.Abs(first)), denominator);
        (step, first, denominator) = (step / divisor, first / divisor, denominator / divisor);
        var used = denominator <= largest ? (int)denominator : LargestPower(largest);
        return new(used, Enumerable.Range(0, output).Select(i => Tap(Math.Max(0, (step * i) + first))).ToSeq());

        ResizeTap Tap(long position)
        {
            var exact = used == denominator ? position : (long)Quantization.Round((double)position / denominator * used);
            var at = exact / used;
            return at >= input - 1 ? new(input - 1, input - 1, 0) : new((int)at, (int)at + 1, (int)(exact % used));
        }
    }

    /// <summary>1 / factor as a fraction: of small numbers for a factor such as 2, 0.5 or 1.7, which its double only comes close to, else to 2^-30.</summary>
    private static (long P, long Q) Reciprocal(double factor)
    {
        for (var divisor = 1; divisor <= LargestDivisor; divisor++)
        {
            var whole = Quantization.Round(factor * divisor);
            if (whole > 0 && Math.Abs((factor * divisor) - whole) <= whole * SameFactor)
            {
                return (divisor, (long)whole);
            }
        }

        return ((long)Quantization.Round((1L << RoundedBits) / factor), 1L << RoundedBits);
    }

    private static int LargestPower(int largest)
    {
        var power = 1;
        while (power <= largest / 2)
        {
            power *= 2;
        }

        return power;
    }

    private static long Divisor(long a, long b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return a == 0 ? 1 : a;
    }
}
