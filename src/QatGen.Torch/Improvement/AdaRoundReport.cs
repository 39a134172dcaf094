namespace QatGen.Torch.Improvement;

/// <summary>What AdaRound did, layer by layer; as text a table.</summary>
public sealed record AdaRoundReport(IReadOnlyList<AdaRoundLayer> Layers)
{
    public override string ToString() => TextTable.Of(
        ["layer", "operator", "bits", "weights", "changed", "error, nearest", "error", ""],
        Layers.Select(static l => new[]
        {
            l.Layer, l.Operator, $"{l.Bits}", $"{l.Weights}", $"{l.Changed}", TextTable.Number(l.NearestError), TextTable.Number(l.Error), l.Remark,
        }));
}
