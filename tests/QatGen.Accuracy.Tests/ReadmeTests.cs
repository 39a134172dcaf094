using System.Runtime.CompilerServices;
using Accuracy;

namespace QatGen.Accuracy.Tests;

/// <summary>The sample's README is written from its results; <c>QATGEN_ACCEPT=1</c> writes it anew.</summary>
public sealed class ReadmeTests
{
    private static readonly string Folder = Path.Combine(Path.GetDirectoryName(Here())!, "../../samples/Accuracy");
    private static readonly IReadOnlyList<Measurement> Rows = Results.Read(Path.Combine(Folder, "results.jsonl"));

    [Fact]
    public void Tables_AreFresh()
    {
        var (file, page) = (Path.Combine(Folder, "README.md"), Page.Of(Rows));
        if (Environment.GetEnvironmentVariable("QATGEN_ACCEPT") == "1" && Environment.GetEnvironmentVariable("CI") != "true")
        {
            File.WriteAllText(file, page);
        }

        Assert.True(File.Exists(file) && File.ReadAllText(file) == page, "samples/Accuracy/README.md is stale; QATGEN_ACCEPT=1 writes it.");
    }

    [Fact]
    public void Rows_AreMeasuredOnceAndTheirIntegersAreEqual()
    {
        Assert.Equal(Rows.Count, Rows.DistinctBy(static r => (r.Subject, r.Seed, r.Method, r.Bits)).Count());
        Assert.All(Rows.Where(static r => r.Bits < Method.FloatBits), static r => Assert.Equal((r.Top1, 0L), (r.FixedPoint, r.Differing)));
    }

    private static string Here([CallerFilePath] string here = "") => here;
}
