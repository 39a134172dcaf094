using System.Globalization;
using System.Runtime.CompilerServices;
using QatGen.Operators;

namespace QatGen.Conformance.Samples;

/// <summary>docs/accuracy.md holds what is measured; <c>QATGEN_ACCEPT=1</c> writes it anew.</summary>
public sealed class AccuracyTests
{
    private static readonly DType[] Types = [DType.QInt8, DType.QInt16];

    [Fact]
    public void Page_IsFresh()
    {
        Accuracy[] rows = [.. from op in Catalogue.All from input in Types from output in op.OwnsScale ? Types : [input] let row = Accuracy.Measure(op, input, output) where row is not null select row];

        // A divisor of the data can be 0, and its quotient anything.
        Assert.All(rows.Where(static r => r.Operator != "Div"), static r => Assert.InRange(r.Largest, 0, r.Allowed + 0.01));
        var text = Accuracy.Page(rows);
        var file = Path.Combine(Root(), "docs", "accuracy.md");
        if (Environment.GetEnvironmentVariable("QATGEN_ACCEPT") == "1" && Environment.GetEnvironmentVariable("CI") != "true")
        {
            File.WriteAllText(file, text);
        }

        var (written, measured) = (File.Exists(file) ? File.ReadAllLines(file) : [], text.TrimEnd('\n').Split('\n'));
        Assert.Equal(written.Length, measured.Length);
        Assert.All(written.Zip(measured), static p => Assert.True(Same(p.First, p.Second), $"docs/accuracy.md is stale, QATGEN_ACCEPT=1 writes it: {p.First} is {p.Second}"));
    }

    /// <summary>The last digit, and the third of a large error, are another processor's affair.</summary>
    private static bool Same(string written, string measured) =>
        written.Split('|') is var a && measured.Split('|') is var b && a.Length == b.Length && a.Zip(b).All(static p => p.First == p.Second
            || (p.First.Contains('.') && double.TryParse(p.First, CultureInfo.InvariantCulture, out var x) && double.TryParse(p.Second, CultureInfo.InvariantCulture, out var y) && Math.Abs(x - y) < 0.015 + (0.02 * Math.Abs(x))));

    private static string Root([CallerFilePath] string here = "")
    {
        var folder = Path.GetDirectoryName(here)!;
        return File.Exists(Path.Combine(folder, "QatGen.sln")) ? folder : Root(folder);
    }
}
