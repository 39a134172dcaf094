namespace QatGen.Repository;

/// <summary>What README shows is what the repository holds.</summary>
public sealed class ReadmeTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Root.Folder, "README.md"));

    [Fact]
    public void Model_IsTheSamplesOwn()
    {
        var model = File.ReadAllText(Path.Combine(Root.Folder, "samples/QuickStart/Net.cs"));
        Assert.Contains(model[model.IndexOf("[QatModel", StringComparison.Ordinal)..].TrimEnd(), Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Commands_AreTheFirstThingShown() =>
        Assert.StartsWith("# QatGen\n\n```\ndotnet run -c Release --project samples/QuickStart\ndotnet test QatGen.sln -c Release\n```\n", Text, StringComparison.Ordinal);

    [Fact]
    public void TestCommand_IsTheOneThatCiRuns() => Assert.Contains("\ndotnet test QatGen.sln -c Release\n", File.ReadAllText(Path.Combine(Root.Folder, ".ci/run")), StringComparison.Ordinal);

    [Fact]
    public void Output_EndsWithTheJsonOfARun() =>
        Assert.Contains(Text.Split('\n'), static l => l.StartsWith("{\"float\":", StringComparison.Ordinal) && l.Contains("\"differingValues\":0", StringComparison.Ordinal));

    [Fact]
    public void Links_LeadToFiles() =>
        Assert.All(System.Text.RegularExpressions.Regex.Matches(Text, @"\]\(([^)#]+)\)"), static m => Assert.True(Path.Exists(Path.Combine(Root.Folder, m.Groups[1].Value)), m.Value));
}
