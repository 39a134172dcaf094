using QatGen.Torch.Functions;

namespace QatGen.Torch.Observers;

/// <summary>The magnitude that a percentage of each batch's values does not exceed, by a histogram of the batch with some bins.</summary>
public sealed unsafe class PercentileObserver(double percentile = 99.99, int bins = 2048, double averagingConstant = 0.01, int? channelAxis = null) : Observer(averagingConstant, channelAxis)
{
    internal override (float Min, float Max) Represented(float* values, long count, float min, float max)
    {
        var largest = Math.Max(-min, max);
        return Limited(min, max, HistogramSearch.Percentile(ValueLoop.Magnitudes(values, count, largest, bins), largest / bins, percentile));
    }
}
