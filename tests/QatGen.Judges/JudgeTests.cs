using System.Runtime.CompilerServices;

namespace QatGen.Judges;

/// <summary>Our integers against those of others: equal outside the tie window, in every case.</summary>
public sealed class JudgeTests
{
    public static TheoryData<string> Operators => new(Bench.Operators);

    [Theory]
    [MemberData(nameof(Operators))]
    public void Operator_EqualsItsJudges(string op) => Assert.All(Bench.Verdicts(op), static v =>
    {
        Assert.True(v.Wrong.Count == 0, $"{v.Judge}, {v.Wrong.Count} of {v.Values} values: {string.Join("; ", v.Wrong.Take(3))}");
        Assert.Equal(v.Values, v.Agreed + v.Ties + v.Biases);
    });

    [Fact]
    public void Page_IsFresh()
    {
        var (file, text) = (Path.Combine(Root, "docs", "judges.md"), JudgesPage.Write());
        if (Environment.GetEnvironmentVariable("QATGEN_ACCEPT") == "1" && Environment.GetEnvironmentVariable("CI") != "true")
        {
            File.WriteAllText(file, text);
        }

        Assert.True(File.Exists(file) && File.ReadAllText(file) == text, $"docs/judges.md is stale; QATGEN_ACCEPT=1 writes it.\n{text}");
    }

    private static string Root { get; } = Find();

    private static string Find([CallerFilePath] string here = "")
    {
        var folder = Path.GetDirectoryName(here)!;
        return File.Exists(Path.Combine(folder, "QatGen.sln")) ? folder : Find(folder);
    }
}
