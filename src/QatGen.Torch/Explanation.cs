namespace QatGen.Torch;

/// <summary>Every setting of every quantizer of a model, and which source decided it; as text a table with one line per quantizer.</summary>
public sealed record Explanation(IReadOnlyList<Decision> Decisions)
{
    public override string ToString()
    {
        string[][] lines =
        [
            ["layer", "operator", "quantizer", "settings", "decided by"],
            .. Decisions.GroupBy(static d => (d.Layer, d.Quantizer)).Select(static g => new[]
            {
                g.Key.Layer, g.First().Operator, g.Key.Quantizer, string.Join(", ", g.Select(static d => d.Value)),
                string.Join("; ", g.GroupBy(static d => d.Source).Select(static s => $"{s.Key}: {string.Join(", ", s.Select(static d => d.Setting))}")),
            }),
        ];
        var widths = Enumerable.Range(0, 4).Select(c => lines.Max(l => l[c].Length)).ToArray();
        return string.Join("\n", lines.Select(l => string.Join("  ", [.. l[..4].Select((cell, c) => cell.PadRight(widths[c])), l[4]])));
    }
}
