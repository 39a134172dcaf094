namespace QatGen.Torch.Improvement;

/// <summary>Operators and inputs, the most sensitive first by <paramref name="Metric"/>; as text a table.</summary>
public sealed record SensitivityReport(IReadOnlyList<Sensitivity> Rows, SensitivityMetric Metric)
{
    /// <summary>Path and sensitivity of each operator whose result is quantized, for <see cref="QTemplates.Sensitive"/>.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> Table =>
        [.. Rows.Where(static r => r is { Type: SensitivityType.Activation, Operator: not SensitivityAnalysis.InputOperator }).Select(r => KeyValuePair.Create(r.Layer, r.By(Metric)))];

    public override string ToString() => TextTable.Of(
        ["operator", "sensitivity", "type", "kind", "quantized", "cosine", "L1", "mean square", "SQNR dB"],
        Rows.Select(r => new[]
        {
            r.Layer, TextTable.Number(r.By(Metric)), r.Type.ToString().ToLowerInvariant(), r.Operator, r.Quantized, TextTable.Number(r.Cosine), TextTable.Number(r.L1), TextTable.Number(r.MeanSquare), TextTable.Number(r.SQNR),
        }));
}
