using QatGen.Arithmetic;
using QatGen.Torch.Functions;

namespace QatGen.Torch.Observers;

/// <summary>Tries several percentiles of each batch's magnitudes and takes the one with the least sum of squared errors after quantization to <paramref name="range"/>.</summary>
public sealed unsafe class MixObserver(QuantRange range, double averagingConstant = 0.01, int? channelAxis = null) : Observer(averagingConstant, channelAxis)
{
    private const int Bins = 2048;

    /// <summary>The percentiles that are tried.</summary>
    internal static double[] Percentiles { get; } = [100, 99.999, 99.99, 99.95, 99.9, 99.5];

    internal override (float Min, float Max) Represented(float* values, long count, float min, float max)
    {
        var largest = Math.Max(-min, max);
        if (largest <= 0)
        {
            return (min, max);
        }

        var counts = ValueLoop.Magnitudes(values, count, largest, Bins);
        var parts = Percentiles.Select(p => Math.Min(1, HistogramSearch.Percentile(counts, largest / Bins, p) / largest)).ToArray();
        return Limited(min, max, MseObserver.Best(values, count, largest, parts, range));
    }
}
