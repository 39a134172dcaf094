namespace QatGen.Primitives;

/// <summary>A float32 scale as it is: Multiplier * 2^-Shift with 2^23 &lt;= Multiplier &lt; 2^24, so that a rounding knows the real value q * Multiplier * 2^-Shift exactly; of 16 bits the product stays below 2^39.</summary>
public sealed record ScaleConstant(int Multiplier, int Shift) : Constant
{
    public const int LargestShift = 46;

    /// <summary>The largest magnitude that can be rounded: the manual's limits of ceil and floor.</summary>
    public static double LargestValue(DType type) => type == DType.QInt8 ? 1e6 : 1e8;

    /// <summary>The constant for a scale from 2^-23 up to 2^22.</summary>
    public static ScaleConstant Create(double scale)
    {
        var (mantissa, exponent) = CompareConstant.Split(scale);
        return new(mantissa, -exponent);
    }

    /// <summary>The whole number beside the real value of an integer.</summary>
    public int Round(ElementwiseKind kind, int q)
    {
        var value = (long)q * Multiplier;
        var (below, rest, half) = (value >> Shift, value & ((1L << Shift) - 1), 1L << (Shift - 1));
        return (int)(kind switch
        {
            ElementwiseKind.Floor => below,
            ElementwiseKind.Ceil => rest == 0 ? below : below + 1,
            ElementwiseKind.Trunc => rest == 0 || value > 0 ? below : below + 1,
            ElementwiseKind.Round => rest > half || (rest == half && (below & 1) != 0) ? below + 1 : below,
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        });
    }
}
