using QatGen.Arithmetic;

namespace QatGen.Primitives;

/// <summary>
/// How the integers q of a grid become positions on an axis of n elements, in steps of 2^-Bits: p = (q * m + (n - 1) * 2^(Bits - 1 + Shift) + 2^(Shift - 1)) >> Shift, which is PyTorch's
/// ((g + 1) * n - 1) / 2, or (g + 1) * (n - 1) / 2 with aligned corners. Rounding p costs a blend at most half a step times its slope on each axis: 2^-(Bits + 1) * (|dx| + |dy|).
/// </summary>
public sealed record GridConstant(int MultiplierX, int MultiplierY, int Shift, int Bits) : Constant
{
    /// <summary>A nearest element needs no weights: fine steps keep it from jumping where PyTorch's does not.</summary>
    public const int NearestBits = 16;

    public const int LargestShift = 30;

    private const double MultiplierLimit = 1L << 31;
    private const double SumLimit = 1L << 52;

    /// <summary>The weights of both axes have Bits each: sums of bound * 2^(2 * Bits) stay in int32.</summary>
    public static int BitsFor(GridMode mode, DType map) => mode.IsNearest ? NearestBits : map == DType.QInt8 ? 11 : 7;

    /// <summary>The constant for a grid at <paramref name="scale"/> over a map; throws for a scale so large that no shift fits.</summary>
    public static GridConstant Create(double scale, DType grid, DType map, int height, int width, GridMode mode, string layer)
    {
        var bits = BitsFor(mode, map);
        var (realX, realY) = (Real(scale, width, mode, bits), Real(scale, height, mode, bits));
        for (var shift = LargestShift; shift >= 1; shift--)
        {
            var power = (double)(1L << shift);
            var (x, y) = (Quantization.Round(realX * power), Quantization.Round(realY * power));
            var largest = Math.Max(x, y);
            if (largest < MultiplierLimit && (grid.Bound() * largest) + (Math.Max(width, height) * power * (1L << (bits - 1))) + power < SumLimit)
            {
                return new((int)x, (int)y, shift, bits);
            }
        }

        throw QatGenException.Of(QuantizationRules.NoShift, layer, $"{scale}");
    }

    /// <summary>Steps of a position per step of the grid.</summary>
    public static double Real(double scale, int size, GridMode mode, int bits) => scale * (mode.AlignCorners ? size - 1 : size) / 2 * (1L << bits);

    public int X(int q, int width, GridMode mode) => Position(q, MultiplierX, width, mode);

    public int Y(int q, int height, GridMode mode) => Position(q, MultiplierY, height, mode);

    /// <summary>The nearest element to a position; halfway the even one, as in PyTorch.</summary>
    public int Nearest(int position)
    {
        var (below, rest) = (position >> Bits, position & ((1 << Bits) - 1));
        return rest == 1 << (Bits - 1) ? below + (below & 1) : below + (rest >> (Bits - 1));
    }

    /// <summary>A position within the map, or one element outside, where everything that it reads is 0.</summary>
    private int Position(int q, int multiplier, int size, GridMode mode)
    {
        var position = (((long)q * multiplier) + ((size - 1L) << (Bits - 1 + Shift)) + (1L << (Shift - 1))) >> Shift;
        var (low, high) = mode.RepeatsBorder ? (0, size - 1) : (-1, size);
        return Quantization.Clamp(position, low << Bits, high << Bits);
    }
}
