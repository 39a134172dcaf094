namespace QatGen.Primitives;

/// <summary>
/// Brings two operands to one scale without rounding: x * MultiplierX * 2^ShiftX stands to y * MultiplierY * 2^ShiftY as the reals stand to each other. A float32 scale is m * 2^e with 2^23 &lt;= m &lt; 2^24,
/// so only the difference of the exponents matters; from 17 on it decides alone, because then |x| * m * 2^17 >= 2^40 exceeds |y| * m &lt; 2^39 wherever x is not 0. Every product stays below 2^57.
/// </summary>
public sealed record CompareConstant(int MultiplierX, int ShiftX, int MultiplierY, int ShiftY) : Constant
{
    private const int LargestShift = 17;

    /// <summary>The constant for operands of at most 16 bits with these float32 scales.</summary>
    public static CompareConstant Create(double scaleX, double scaleY)
    {
        var ((x, exponentX), (y, exponentY)) = (Split(scaleX), Split(scaleY));
        return new(x, Shift(exponentX - exponentY), y, Shift(exponentY - exponentX));
    }

    public bool Holds(ElementwiseKind kind, int x, int y)
    {
        var (left, right) = (((long)x * MultiplierX) << ShiftX, ((long)y * MultiplierY) << ShiftY);
        return kind switch
        {
            ElementwiseKind.Equal => left == right,
            ElementwiseKind.NotEqual => left != right,
            ElementwiseKind.Less => left < right,
            ElementwiseKind.LessOrEqual => left <= right,
            ElementwiseKind.Greater => left > right,
            ElementwiseKind.GreaterOrEqual => left >= right,
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }

    private static int Shift(int difference) => Math.Min(Math.Max(difference, 0), LargestShift);

    /// <summary>Mantissa and exponent; a scale below the smallest normal float32 has a shorter mantissa, which is widened.</summary>
    internal static (int Mantissa, int Exponent) Split(double scale)
    {
        var exponent = 0;
        for (; scale >= 1 << 24; exponent++)
        {
            scale /= 2;
        }

        for (; scale < 1 << 23; exponent--)
        {
            scale *= 2;
        }

        return ((int)scale, exponent);
    }
}
