namespace QatGen.Torch.Improvement;

/// <summary>What bias correction did, layer by layer; as text a table.</summary>
public sealed record BiasCorrectionReport(IReadOnlyList<BiasCorrectedLayer> Layers)
{
    public override string ToString() => TextTable.Of(
        ["layer", "operator", "channels", "mean shift", "largest shift", "output"],
        Layers.Select(static l => new[] { l.Layer, l.Operator, $"{l.Channels}", TextTable.Number(l.MeanShift), TextTable.Number(l.LargestShift), TextTable.Number(l.Output) }));
}
