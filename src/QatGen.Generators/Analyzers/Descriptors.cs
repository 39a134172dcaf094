using Microsoft.CodeAnalysis;

namespace QatGen.Generators.Analyzers;

/// <summary>Rules as Roslyn's descriptors.</summary>
internal static class Descriptors
{
    public static DiagnosticDescriptor Of(Rule rule) => new(
        rule.Id, rule.Title, rule.Format, "QatGen", (DiagnosticSeverity)((int)rule.Severity + 1), isEnabledByDefault: true, description: rule.Remedy + ".");
}
