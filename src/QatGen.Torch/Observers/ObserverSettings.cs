using QatGen.Arithmetic;

namespace QatGen.Torch.Observers;

/// <summary>How a range is found in the data, as the manual names the ways; each is also a way to find one in a kept histogram (<see cref="QuantizationExtensions.ResetScales"/>).</summary>
public abstract record ObserverSettings
{
    private ObserverSettings()
    {
    }

    /// <summary>Whether a channel's weights can be observed so: those that keep a histogram cannot.</summary>
    internal virtual bool FitsWeights => true;

    /// <summary>What is wrong with the parameters; null where nothing is.</summary>
    internal virtual string? Problem => null;

    /// <summary>A new observer; the averaging constant is that of the ranges of batches.</summary>
    internal abstract Observer Create(double averagingConstant, QuantRange range);

    /// <summary>The range that this way finds in a histogram.</summary>
    internal abstract (float Min, float Max) FromHistogram(ValueHistogram h, QuantRange range);

    /// <summary>The observer of a name, with its own parameters.</summary>
    internal static ObserverSettings Of(ObserverKind kind) => kind switch
    {
        ObserverKind.MovingAverage => new MovingAverage(),
        ObserverKind.MinMax => new MinMax(),
        ObserverKind.Percentile => new Percentile(),
        ObserverKind.Mse => new Mse(),
        ObserverKind.Kl => new Kl(),
        ObserverKind.Mix => new Mix(),
        ObserverKind.ClipStd => new ClipStd(),
        _ => new Histogram(),
    };

    private static (float Min, float Max) Limited(ValueHistogram h, double largest) => (Math.Max(h.Min, -(float)largest), Math.Min(h.Max, (float)largest));

    /// <summary>The part of the values whose magnitudes a search in these finds worth representing; one value alone is.</summary>
    private static (float Min, float Max) Limited(ValueHistogram h, Func<float[], double, double> search)
    {
        var (counts, width) = h.Magnitudes();
        return h.Min == h.Max ? (h.Min, h.Max) : Limited(h, search(counts, width));
    }

    /// <summary>The smallest and largest value ever seen.</summary>
    public sealed record MinMax : ObserverSettings
    {
        public override string ToString() => "min_max";

        internal override Observer Create(double averagingConstant, QuantRange range) => new MinMaxObserver();

        internal override (float Min, float Max) FromHistogram(ValueHistogram h, QuantRange range) => (h.Min, h.Max);
    }

    /// <summary>A moving average of each batch's smallest and largest value.</summary>
    public sealed record MovingAverage : ObserverSettings
    {
        public override string ToString() => "moving_average_min_max";

        internal override Observer Create(double averagingConstant, QuantRange range) => new MovingAverageMinMaxObserver(averagingConstant);

        internal override (float Min, float Max) FromHistogram(ValueHistogram h, QuantRange range) => (h.Min, h.Max);
    }

    /// <summary>The magnitude that <paramref name="Value"/> percent of the values do not exceed, by a histogram of each batch.</summary>
    public sealed record Percentile(double Value = 99.99, int Bins = 2048) : ObserverSettings
    {
        public override string ToString() => FormattableString.Invariant($"percentile({Value}, {Bins})");

        internal override string? Problem => Value is > 0 and <= 100 && Bins > 0 ? null : "a percentile above 0 and up to 100, with at least one bin";

        internal override Observer Create(double averagingConstant, QuantRange range) => new PercentileObserver(Value, Bins, averagingConstant);

        internal override (float Min, float Max) FromHistogram(ValueHistogram h, QuantRange range) => Limited(h, (counts, width) => HistogramSearch.Percentile(counts, width, Value));
    }

    /// <summary>The part of the range, in steps of <paramref name="Stride"/> percent down to 6 %, with the least squared error.</summary>
    public sealed record Mse(int Stride = 1) : ObserverSettings
    {
        public override string ToString() => FormattableString.Invariant($"mse({Stride})");

        internal override string? Problem => Stride is >= 1 and <= 95 ? null : "a stride of 1 to 95 percent";

        internal override Observer Create(double averagingConstant, QuantRange range) => new MseObserver(range, Stride, averagingConstant);

        internal override (float Min, float Max) FromHistogram(ValueHistogram h, QuantRange range) => Limited(h, HistogramSearch.Mse(h, MseObserver.Parts(Stride), range));
    }

    /// <summary>The range with the least Kullback-Leibler divergence, in a histogram of all batches; found every <paramref name="UpdateInterval"/> batches, which must not be more than there are.</summary>
    public sealed record Kl(int Bins = 512, int UpdateInterval = 1) : ObserverSettings
    {
        public override string ToString() => FormattableString.Invariant($"kl({Bins}, {UpdateInterval})");

        internal override bool FitsWeights => false;

        internal override string? Problem => Bins > 0 && UpdateInterval > 0 ? null : "at least one bin and an interval of at least one batch";

        internal override Observer Create(double averagingConstant, QuantRange range) => new KlObserver(Bins, UpdateInterval);

        internal override (float Min, float Max) FromHistogram(ValueHistogram h, QuantRange range) => Limited(h, (counts, width) => HistogramSearch.Kl(counts, width, range));
    }

    /// <summary>Of several percentiles the one with the least squared error.</summary>
    public sealed record Mix : ObserverSettings
    {
        public override string ToString() => "mix";

        internal override Observer Create(double averagingConstant, QuantRange range) => new MixObserver(range, averagingConstant);

        internal override (float Min, float Max) FromHistogram(ValueHistogram h, QuantRange range)
        {
            var largest = Math.Max(Math.Max(-h.Min, h.Max), float.Epsilon);
            return Limited(h, (counts, width) => HistogramSearch.Mse(h, [.. MixObserver.Percentiles.Select(p => Math.Min(1, HistogramSearch.Percentile(counts, width, p) / largest))], range));
        }
    }

    /// <summary>A scale that no data changes.</summary>
    public sealed record FixedScale(double Scale) : ObserverSettings
    {
        public override string ToString() => FormattableString.Invariant($"fixed_scale({Scale})");

        internal override string? Problem => Scale > 0 && float.IsNormal((float)Scale) ? null : "a positive finite scale";

        internal override Observer Create(double averagingConstant, QuantRange range) => new FixedScaleObserver(Scale);

        internal override (float Min, float Max) FromHistogram(ValueHistogram h, QuantRange range) => (0, (float)(Scale * range.Half));
    }

    /// <summary>A moving average of each batch's range, as far as it lies from <paramref name="Low"/> to <paramref name="High"/>.</summary>
    public sealed record Clip(double Low, double High) : ObserverSettings
    {
        public override string ToString() => FormattableString.Invariant($"clip({Low}, {High})");

        internal override string? Problem => Low <= 0 && High >= 0 && Low < High ? null : "limits on both sides of 0";

        internal override Observer Create(double averagingConstant, QuantRange range) => new ClipObserver(Low, High, averagingConstant);

        internal override (float Min, float Max) FromHistogram(ValueHistogram h, QuantRange range) => (Math.Max(h.Min, (float)Low), Math.Min(h.Max, (float)High));
    }

    /// <summary>The range within some standard deviations of each batch's mean.</summary>
    public sealed record ClipStd(double Deviations = 3) : ObserverSettings
    {
        public override string ToString() => FormattableString.Invariant($"clip_std({Deviations})");

        internal override string? Problem => Deviations > 0 && double.IsFinite(Deviations) ? null : "a positive number of deviations";

        internal override Observer Create(double averagingConstant, QuantRange range) => new ClipStdObserver(Deviations, averagingConstant);

        internal override (float Min, float Max) FromHistogram(ValueHistogram h, QuantRange range)
        {
            var bins = Enumerable.Range(0, h.Counts.Length).Select(i => (Middle: (double)h.Middle(i), Count: (double)h.Counts[i])).ToArray();
            var mean = bins.Sum(static b => b.Middle * b.Count) / h.Total;
            var reach = Deviations * Math.Sqrt(bins.Sum(b => (b.Middle - mean) * (b.Middle - mean) * b.Count) / h.Total);
            return (Math.Max(h.Min, (float)(mean - reach)), Math.Min(h.Max, (float)(mean + reach)));
        }
    }

    /// <summary>The range with the least squared error that a greedy search from both sides finds, as PyTorch's histogram observer does; only in a kept histogram.</summary>
    public sealed record Norm : ObserverSettings
    {
        public override string ToString() => "norm";

        internal override bool FitsWeights => false;

        internal override string? Problem => "a histogram, whose method it can be";

        internal override Observer Create(double averagingConstant, QuantRange range) => throw new InvalidOperationException(Problem);

        internal override (float Min, float Max) FromHistogram(ValueHistogram h, QuantRange range) => HistogramSearch.Norm(h, range);
    }

    /// <summary>A histogram of all batches, kept so that a scale can be found anew without data; <paramref name="Method"/> null is mse.</summary>
    public sealed record Histogram(int Bins = 2048, ObserverSettings? Method = null) : ObserverSettings
    {
        public override string ToString() => FormattableString.Invariant($"histogram({Bins}, {Way})");

        internal override bool FitsWeights => false;

        internal override string? Problem => Bins <= 0 ? "at least one bin" : Way is Norm ? null : Way is Histogram ? "a method that is no histogram itself" : Way.Problem;

        private ObserverSettings Way => Method ?? new Mse();

        internal override Observer Create(double averagingConstant, QuantRange range) => new HistogramObserver(Way, Bins);

        internal override (float Min, float Max) FromHistogram(ValueHistogram h, QuantRange range) => Way.FromHistogram(h, range);
    }
}
