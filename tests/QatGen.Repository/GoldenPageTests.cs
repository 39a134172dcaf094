using System.Text.Json;

namespace QatGen.Repository;

/// <summary>The page of the golden files.</summary>
public sealed class GoldenPageTests
{
    [Fact]
    public void Page_EachFile_HasItsNumberOfCases()
    {
        var folder = Path.Combine(Root.Folder, "tests", "Golden");
        var rows = File.ReadLines(Path.Combine(folder, "README.md")).Where(static l => l.StartsWith("| ", StringComparison.Ordinal)).Select(static l => l.Split('|', StringSplitOptions.TrimEntries)).ToArray();
        var counts = rows.Skip(1).SelectMany(static r => r[1].Split(", ").Zip(r[2].Split(", "), static (name, count) => (name, count))).ToDictionary();
        Assert.Equal(
            Directory.GetFiles(folder, "*.json").ToDictionary(static f => Path.GetFileNameWithoutExtension(f), static f =>
            {
                using var manifest = JsonDocument.Parse(File.ReadAllBytes(f));
                return $"{manifest.RootElement.GetProperty("cases").GetArrayLength()}";
            }),
            counts);
    }
}
