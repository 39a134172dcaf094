using System.Globalization;

namespace QatGen;

/// <summary>A rule broken at a place of the model. <paramref name="Layer"/> is the node's path as <c>named_modules()</c> spells it, or empty for the whole model.</summary>
public sealed record Violation(Rule Rule, string Layer, Seq<string> Arguments)
{
    public static Violation Of(Rule rule, string layer, params string[] arguments) => new(rule, layer, new(arguments));

    public string Message => string.Format(CultureInfo.InvariantCulture, Rule.Format, [.. Arguments]);

    public override string ToString() => Layer.Length == 0 ? $"{Rule.Id}: {Message}" : $"{Rule.Id} at '{Layer}': {Message}";
}
