using QatGen.Arithmetic;

namespace QatGen.Torch.Observers;

/// <summary>Keeps a histogram of all batches, from which the scale is found by any method whenever it is asked for; in calibration every so many batches.</summary>
public unsafe class HistogramObserver : Observer
{
    private readonly ObserverSettings _method;
    private readonly ValueHistogram _histogram;

    /// <summary>A histogram of <paramref name="bins"/> bins, in which <paramref name="method"/> finds the scale after every <paramref name="updateInterval"/> batches.</summary>
    public HistogramObserver(ObserverSettings method, int bins = 2048, int updateInterval = 1) : this(method, bins, updateInterval, null)
    {
    }

    internal HistogramObserver(ObserverSettings method, int bins, int updateInterval, ValueHistogram.Counter? counter) =>
        (_method, Bins, UpdateInterval, _histogram) = (method, bins, updateInterval, new(bins, counter));

    /// <summary>How many values lay in each of equal bins from Min to Max.</summary>
    public ReadOnlySpan<float> Counts => _histogram.Counts;

    /// <summary>Whether the last batch was one after which the scale is found anew.</summary>
    internal bool IsDue => Batches % UpdateInterval == 0;

    /// <summary>Whether batches were seen, but too few for a scale.</summary>
    internal bool IsWaiting => Batches > 0 && Batches < UpdateInterval;

    internal int Bins { get; }

    internal int UpdateInterval { get; }

    /// <summary>The batches seen.</summary>
    internal int Batches { get; private set; }

    /// <summary>Restores a histogram that was saved, and the number of <paramref name="batches"/> after which the scale is due again.</summary>
    public void Restore(float[] min, float[] max, ReadOnlySpan<float> counts, int batches = 0)
    {
        Batches = batches;
        Restore(min, max);
        if (HasData)
        {
            _histogram.Restore(min[0], max[0], counts);
        }
    }

    /// <summary>The scale that a method finds in the histogram; null is the observer's own.</summary>
    internal float Scale(ObserverSettings? other, QuantRange range)
    {
        var (min, max) = Found(range, other);
        return Quantization.Scale(min, max, range);
    }

    /// <summary>The range that is to be represented.</summary>
    internal (float Min, float Max) Found(QuantRange range, ObserverSettings? other = null) => (other ?? _method).FromHistogram(_histogram, range);

    private protected override float Scale(float min, float max, QuantRange range) => Scale(null, range);

    private protected override void Take(nint[] rows, long length, float[] min, float[] max)
    {
        _histogram.Add((float*)rows[0], length, min[0], max[0], HasData);
        Restore([_histogram.Min], [_histogram.Max]);
        Batches++;
    }
}
