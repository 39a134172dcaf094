namespace QatGen.Torch.Improvement;

/// <summary>How the outputs of a model are compared with those in float; of several outputs the mean counts.</summary>
public enum SensitivityMetric
{
    /// <summary>1 less the cosine between all values of both.</summary>
    Cosine,

    /// <summary>The mean magnitude of the difference.</summary>
    L1,

    /// <summary>The mean square of the difference.</summary>
    MeanSquare,

    /// <summary>The power of the outputs over that of the difference, in dB: the smaller the worse.</summary>
    SQNR,
}
