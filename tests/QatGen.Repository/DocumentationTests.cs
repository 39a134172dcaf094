using System.Text;

namespace QatGen.Repository;

/// <summary>Tables for people are written from the code; <c>QATGEN_ACCEPT=1</c> writes them anew.</summary>
public sealed class DocumentationTests
{
    [Fact]
    public void RulesPage_IsFresh()
    {
        var page = new StringBuilder("# Rules\n\nWritten from `QatGen.Core/Rules` by `tests/QatGen.Repository` (`QATGEN_ACCEPT=1 dotnet test tests/QatGen.Repository`).\n\n");
        page.Append("| id | severity | title | message | remedy |\n|---|---|---|---|---|\n");
        foreach (var rule in Rules.All)
        {
            page.Append($"| {rule.Id} | {rule.Severity} | {rule.Title} | {rule.Message} | {rule.Remedy} |\n");
        }

        Accept("docs/rules.md", page.ToString());
    }

    [Fact]
    public void OperatorsPage_IsFresh() => Accept("docs/operators.md", OperatorsPage.Write());

    private static void Accept(string path, string text)
    {
        var file = Path.Combine(Root.Folder, path);
        if (Environment.GetEnvironmentVariable("QATGEN_ACCEPT") == "1" && Environment.GetEnvironmentVariable("CI") != "true")
        {
            File.WriteAllText(file, text);
        }

        Assert.True(File.Exists(file) && File.ReadAllText(file) == text, $"{path} is stale; QATGEN_ACCEPT=1 writes it.");
    }
}
