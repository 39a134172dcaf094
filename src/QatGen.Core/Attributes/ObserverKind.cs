namespace QatGen;

/// <summary>The observers that an attribute can name; a configuration can give them parameters too.</summary>
public enum ObserverKind
{
    /// <summary>A moving average of each batch's smallest and largest value.</summary>
    MovingAverage,

    /// <summary>The smallest and largest value ever seen.</summary>
    MinMax,

    /// <summary>The magnitude that 99.99 percent of the values do not exceed.</summary>
    Percentile,

    /// <summary>The range with the least squared error.</summary>
    Mse,

    /// <summary>The range with the least Kullback-Leibler divergence.</summary>
    Kl,

    /// <summary>Of several percentiles the one with the least squared error.</summary>
    Mix,

    /// <summary>The range within three standard deviations of the mean.</summary>
    ClipStd,

    /// <summary>A histogram that is kept, so that a scale can be found anew.</summary>
    Histogram,
}
