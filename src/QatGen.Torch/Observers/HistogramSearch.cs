using QatGen.Arithmetic;

namespace QatGen.Torch.Observers;

/// <summary>Ranges found in histograms: of magnitudes from 0 on in bins of one width, or of values.</summary>
internal static class HistogramSearch
{
    private const int SmoothingWindow = 9;

    /// <summary>The end of the first bin up to which a percentage of the magnitudes lies.</summary>
    public static double Percentile(float[] magnitudes, double width, double percentile)
    {
        var (needed, sum) = (magnitudes.Sum(static c => (double)c) * percentile / 100, 0.0);
        for (var i = 0; i < magnitudes.Length; i++)
        {
            sum += magnitudes[i];
            if (sum >= needed)
            {
                return (i + 1) * width;
            }
        }

        return magnitudes.Length * width;
    }

    /// <summary>Of some parts of the largest magnitude the one with the least squared error, each bin's values taken to lie in its middle: an error of at most half a bin.</summary>
    public static double Mse(ValueHistogram h, double[] parts, QuantRange range)
    {
        var largest = Math.Max(-h.Min, h.Max);
        double Error(double part)
        {
            var (scale, sum) = (Quantization.Scale(0, (float)(largest * part), range), 0.0);
            for (var i = 0; i < h.Counts.Length; i++)
            {
                var error = h.Middle(i) - (Quantization.Quantize(h.Middle(i), scale, range.Low, range.High) * (double)scale);
                sum += h.Counts[i] * error * error;
            }

            return sum;
        }

        return largest * parts.MinBy(Error);
    }

    /// <summary>
    /// The limit for which the magnitudes, those beyond it counted in the last bin, lose least information (Kullback-Leibler divergence) when the bins below it are merged into as many levels as the
    /// integers have magnitudes. The counts are smoothed over nine bins first.
    /// </summary>
    public static double Kl(float[] magnitudes, double width, QuantRange range)
    {
        var counts = Smoothed(magnitudes);
        var levels = range.High + 1;
        if (counts.Length <= levels)
        {
            return magnitudes.Length * width;
        }

        var beyond = new double[counts.Length + 1];
        for (var i = counts.Length - 1; i >= 0; i--)
        {
            beyond[i] = beyond[i + 1] + counts[i];
        }

        return Enumerable.Range(levels, counts.Length - levels + 1).MinBy(end => Divergence(counts, end, beyond[end], levels)) * width;
    }

    /// <summary>
    /// The range with the least squared error, values taken as evenly spread inside their bins, that a greedy search finds: it gives up 1/100000 of the values at a time, at the side that is
    /// emptier, as long as the error falls (PyTorch's histogram observer).
    /// </summary>
    public static (float Min, float Max) Norm(ValueHistogram h, QuantRange range)
    {
        const double Step = 1e-5;
        var (total, sums) = ((float)h.Total, new float[h.Counts.Length]);
        var sum = 0.0;
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] = (float)(sum += h.Counts[i]);
        }

        var (below, above, first, last, least) = (0.0, 1.0, 0, sums.Length - 1, float.PositiveInfinity);
        while (below < above)
        {
            var (left, right) = (first, last);
            while (left < last && sums[left] < (below + Step) * total)
            {
                left++;
            }

            while (right > first && sums[right] > (above - Step) * total)
            {
                right--;
            }

            var fromLeft = left - first > last - right;
            (below, above) = fromLeft ? (below + Step, above) : (below, above - Step);
            var (start, end) = fromLeft ? (left, last) : (first, right);
            if ((start, end) == (first, last))
            {
                continue;
            }

            var error = SpreadError(h, start, end, range.High - range.Low + 1);
            if (error > least)
            {
                break;
            }

            (first, last, least) = (start, end, error);
        }

        return (h.Min + (h.BinWidth * first), h.Min + (h.BinWidth * (last + 1)));
    }

    /// <summary>The squared error of bins <paramref name="first"/> to <paramref name="last"/> in so many levels; what lies outside goes to the outermost. In float32, as where it stops depends on the last digits.</summary>
    private static float SpreadError(ValueHistogram h, int first, int last, int levels)
    {
        double width = h.BinWidth;
        var exact = width * (last - first + 1) / levels;
        var (step, half) = ((float)exact, (float)(exact / 2));
        if (step == 0)
        {
            return 0;
        }

        // The integral of the square from one distance to a level to another.
        static float Square(float from, float to) => ((to * to * to) - (from * from * from)) / 3;
        var sum = 0.0;
        for (var i = 0; i < h.Counts.Length; i++)
        {
            var begin = (i - first) * (float)width;
            var end = begin + (float)width;
            var (lower, upper) = (Math.Clamp(MathF.Floor(begin / step), 0, levels - 1), Math.Clamp(MathF.Floor(end / step), 0, levels - 1));
            var density = h.Counts[i] / (float)width;
            var error = density * Square(begin - ((lower + 0.5f) * step), half);
            error += (upper - lower - 1) * (density * Square(-half, half));
            sum += error + (density * Square(-half, end - ((upper * step) + half)));
        }

        return (float)sum;
    }

    private static double[] Smoothed(float[] counts) => [.. Enumerable.Range(0, counts.Length).Select(i =>
    {
        var (from, to) = (Math.Max(0, i - (SmoothingWindow / 2)), Math.Min(counts.Length, i + (SmoothingWindow / 2) + 1));
        return counts[from..to].Sum(static c => (double)c) / (to - from);
    })];

    private static double Divergence(double[] counts, int end, double beyond, int levels)
    {
        var total = counts.Take(end).Sum() + beyond;
        var kept = total - beyond;
        var divergence = 0.0;
        for (var level = 0; level < levels; level++)
        {
            var (from, to) = ((int)((long)level * end / levels), (int)((long)(level + 1) * end / levels));
            var (sum, filled) = (0.0, 0);
            for (var i = from; i < to; i++)
            {
                (sum, filled) = (sum + counts[i], filled + (counts[i] > 0 ? 1 : 0));
            }

            for (var i = from; i < to; i++)
            {
                var p = (counts[i] + (i == end - 1 ? beyond : 0)) / total;
                var q = counts[i] > 0 ? sum / filled / kept : 0;
                divergence += p <= 0 ? 0 : p * Math.Log(p / Math.Max(q, 1e-12));
            }
        }

        return divergence;
    }
}
