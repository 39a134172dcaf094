namespace QatGen.Torch.Improvement;

/// <summary>What equalization did, pair by pair, and in how many rounds over all of them; as text a table.</summary>
public sealed record EqualizationReport(IReadOnlyList<EqualizedPair> Pairs, int Rounds)
{
    public override string ToString() => TextTable.Of(
        ["first", "second", "channels", "spread of first", "after", "spread of second", "after", "largest factor"],
        Pairs.Select(static p => new[]
        {
            p.First, p.Second, $"{p.Channels}", TextTable.Number(p.FirstBefore), TextTable.Number(p.FirstAfter), TextTable.Number(p.SecondBefore), TextTable.Number(p.SecondAfter), TextTable.Number(p.LargestFactor),
        }));
}
