using System.Text;
using QatGen.Marches;
using QatGen.Operators;

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
    public void OperatorsPage_IsFresh()
    {
        var page = new StringBuilder("# Operators and limits\n\nWritten from `QatGen.Core` by `tests/QatGen.Repository` (`QATGEN_ACCEPT=1 dotnet test tests/QatGen.Repository`).\n\n## Operators\n\n");
        page.Append("| operator | written as | result |\n|---|---|---|\n");
        foreach (var op in Catalogue.All)
        {
            var result = op.IsIdentity ? "removed at deployment" : op.OwnsScale ? "own scale" : op.Fusion == Fusion.BatchNorm ? "part of the convolution before it" : "keeps its input's scale";
            page.Append($"| {op.Name} | {string.Join(", ", op.Forms.Select(static f => $"{f.Kind} `{f.Name}`"))} | {result} |\n");
        }

        page.Append("\n## Limits of each march\n\n| primitive | march | reads | writes | takes only |\n|---|---|---|---|---|\n");
        foreach (var table in PrimitiveTable.All)
        {
            foreach (var rows in Enum.GetValues<March>().GroupBy(table.Describe))
            {
                var marches = string.Join(", ", rows.Select(static m => MarchSpec.Get(m).DisplayName));
                page.Append(rows.Key is { } row ? $"| {table.Name} | {marches} | {Names(row.Reads)} | {Names(row.Writes)} | {string.Join("; ", row.Limits)} |\n" : $"| {table.Name} | {marches} | not there | | |\n");
            }
        }

        Accept("docs/operators.md", page.ToString());
    }

    private static string Names(Seq<DType> types) => string.Join(", ", types.Select(static t => t.Name()));

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
