namespace QatGen.Arithmetic;

/// <summary>The one rescaling rule (NUMERICS section 5): y = clamp((sum t_i * m_i + 2^(r-1)) >> r).</summary>
public static class Rescaling
{
    public const int LargestShift = 52;
    private const double MultiplierLimit = 1L << 31;
    private const double SumLimit = 1L << 52;

    /// <summary>
    /// m_i = floor(M_i * 2^r + 0.5) with the largest r in 1..52 that keeps every |m_i| below 2^31 and sum B_i * |m_i| + 2^(r-1) below 2^52;
    /// shift 0 when there is none.
    /// </summary>
    public static (int[] Multipliers, int Shift) Choose(IReadOnlyList<double> real, IReadOnlyList<long> bounds)
    {
        for (var shift = LargestShift; shift >= 1; shift--)
        {
            var power = (double)(1L << shift);
            var sum = power / 2;
            var fits = true;
            for (var i = 0; i < real.Count && fits; i++)
            {
                var magnitude = Math.Abs(Quantization.Round(real[i] * power));
                sum += bounds[i] * magnitude;
                fits = magnitude < MultiplierLimit && sum < SumLimit;
            }

            if (fits)
            {
                return ([.. real.Select(m => (int)Quantization.Round(m * power))], shift);
            }
        }

        return ([], 0);
    }

    /// <summary>(sum + 2^(shift-1)) >> shift, clamped. The sum is that of the products, below 2^52 in magnitude.</summary>
    public static int Apply(long sum, int shift, int low, int high) => Quantization.Clamp((sum + (1L << (shift - 1))) >> shift, low, high);
}
