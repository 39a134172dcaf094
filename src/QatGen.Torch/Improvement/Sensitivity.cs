namespace QatGen.Torch.Improvement;

/// <summary>How much the outputs of a model change when one operator, or an input (<c>input</c>), is quantized to <paramref name="Quantized"/> and nothing else: by every <see cref="SensitivityMetric"/>.</summary>
public sealed record Sensitivity(string Layer, string Operator, SensitivityType Type, string Quantized, double Cosine, double L1, double MeanSquare, double SQNR)
{
    /// <summary>The change by one metric, the larger the worse.</summary>
    public double By(SensitivityMetric metric) => metric switch
    {
        SensitivityMetric.Cosine => Cosine,
        SensitivityMetric.L1 => L1,
        SensitivityMetric.MeanSquare => MeanSquare,
        _ => -SQNR,
    };
}
