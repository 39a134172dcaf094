using QatGen.Torch.Functions;

namespace QatGen.Torch.Observers;

/// <summary>
/// Counts of values in equal bins from <see cref="Min"/> to <see cref="Max"/>. A batch beyond that widens it: the kept counts, spread evenly inside their bins, go to the wider bins as PyTorch's histogram
/// observer does, with 1/128 of a bin as the smallest piece.
/// </summary>
internal sealed unsafe class ValueHistogram(int bins, ValueHistogram.Counter? counter = null)
{
    private const int PiecesPerBin = 128;
    private readonly Counter _count = counter ?? ValueLoop.Histogram;
    private float[] _counts = new float[bins];

    /// <summary>Counts the values of a batch in equal bins from min to max.</summary>
    public delegate float[] Counter(float* values, long count, float min, float max, int bins);

    public float Min { get; private set; }

    public float Max { get; private set; }

    public ReadOnlySpan<float> Counts => _counts;

    public float BinWidth => (Max - Min) / bins;

    public double Total => _counts.Sum(static c => (double)c);

    public void Restore(float min, float max, ReadOnlySpan<float> counts) => (Min, Max, _counts) = (min, max, counts.ToArray());

    public void Add(float* values, long count, float min, float max, bool hasData)
    {
        if (!hasData || Min == Max)
        {
            (Min, Max, _counts) = (min, max, _count(values, count, min, max, bins));
            return;
        }

        // The wider range is a whole number of pieces, so that each bin takes whole pieces.
        var (low, high) = (Math.Min(min, Min), Math.Max(max, Max));
        var piece = (Max - Min) / (bins * PiecesPerBin);
        var piecesPerBin = (long)MathF.Ceiling((high - low) / (bins * piece));
        var first = (long)MathF.Round((Min - low) / piece);
        high += (piecesPerBin * (bins * piece)) - (high - low);
        var added = _count(values, count, low, high, bins);
        var kept = low == Min && high == Max ? _counts : Spread(first, piecesPerBin);
        (Min, Max, _counts) = (low, high, [.. added.Zip(kept, static (a, b) => a + b)]);
    }

    /// <summary>
    /// Counts of magnitudes in bins of one width from 0 on, each by the middle of its bin. The width is that of the values' bins, or, where these lie far from 0 beside their spread, one for which there are
    /// no more bins than of values.
    /// </summary>
    public (float[] Counts, float Width) Magnitudes()
    {
        var largest = Math.Max(-Min, Max);
        var width = Math.Max(Math.Max(BinWidth, largest / bins), float.Epsilon);
        var magnitudes = new float[(int)MathF.Ceiling(largest / width) + 1];
        for (var i = 0; i < bins; i++)
        {
            magnitudes[Math.Min((int)(MathF.Abs(Middle(i)) / width), magnitudes.Length - 1)] += _counts[i];
        }

        return (magnitudes, width);
    }

    public float Middle(int bin) => Min + ((bin + 0.5f) * BinWidth);

    /// <summary>The kept counts in bins of so many pieces; the first of their own pieces is number <paramref name="first"/>.</summary>
    private float[] Spread(long first, long piecesPerBin)
    {
        var sums = new double[bins + 1];
        for (var i = 0; i < bins; i++)
        {
            sums[i + 1] = sums[i] + ((double)_counts[i] * PiecesPerBin);
        }

        double Before(int bin)
        {
            var own = Math.Clamp((bin * piecesPerBin) - first, 0, (long)bins * PiecesPerBin);
            var (whole, rest) = ((int)(own / PiecesPerBin), own % PiecesPerBin);
            return sums[whole] + (rest == 0 ? 0 : rest * (double)_counts[whole]);
        }

        return [.. Enumerable.Range(0, bins).Select(i => (float)((Before(i + 1) - (float)Before(i)) / PiecesPerBin))];
    }
}
