namespace QatGen.Repository;

/// <summary>A rule that nothing tests is a rule that may never fire.</summary>
public sealed class RuleTests
{
    public static TheoryData<string> Ids => new(Rules.All.Select(static r => r.Id));

    [Theory]
    [MemberData(nameof(Ids))]
    public void Rule_IsNamedByATest(string id)
    {
        var property = typeof(Rule).Assembly.GetTypes().SelectMany(static t => t.GetProperties())
            .Where(static p => p.PropertyType == typeof(Rule) && p.GetMethod!.IsStatic).Single(p => ((Rule)p.GetValue(null)!).Id == id);
        var names = new[] { id, $"{property.DeclaringType!.Name}.{property.Name}" };
        Assert.Contains(Root.Sources("tests"), f => File.ReadAllText(f) is var text && names.Any(n => text.Contains(n, StringComparison.Ordinal)));
    }
}
