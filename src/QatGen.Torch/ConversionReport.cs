namespace QatGen.Torch;

/// <summary>
/// What conversion makes of a model: its layers with weights, its tables, and the layers and inputs that never saw data. Where there are such, integers cannot be known, and nothing else is reported. As text a table
/// with one line per layer.
/// </summary>
public sealed record ConversionReport(IReadOnlyList<ConvertedLayer> Layers, IReadOnlyList<TableReport> Tables, IReadOnlyList<string> Uncalibrated)
{
    public override string ToString() => Uncalibrated.Count > 0
        ? $"not calibrated: {string.Join(", ", Uncalibrated)}"
        : string.Join("\n", Tables.Select(static t => t.ToString()).Prepend(TextTable.Of(
            ["layer", "operator", "bits", "weights", "saturated", "channels", "all 0", "largest sum", "of int32"],
            Layers.Select(static l => new[]
            {
                l.Layer, l.Operator, $"{l.Bits}", $"{l.Weights}", $"{l.Saturated}", $"{l.Channels}", $"{l.EmptyChannels}", $"{l.LargestSum}",
                FormattableString.Invariant($"{100.0 * l.LargestSum / int.MaxValue:0.00} %"),
            }))));
}
