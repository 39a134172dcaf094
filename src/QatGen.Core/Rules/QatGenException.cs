namespace QatGen;

/// <summary>What the public API throws on a user's mistake: every violation found, each naming its layer and remedy.</summary>
public sealed class QatGenException(IReadOnlyList<Violation> violations) : Exception(string.Join("\n", violations))
{
    public IReadOnlyList<Violation> Violations { get; } = violations;

    public static QatGenException Of(Rule rule, string layer, params string[] arguments) => new([Violation.Of(rule, layer, arguments)]);
}
