using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using QatGen.Generators.Incremental;

namespace QatGen.Generators.Analyzers;

/// <summary>Reports what capture, the operators and the march refuse, at the place in the user's source: while typing, and with the line of a block's own file where the block is inlined.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class QatModelAnalyzer : DiagnosticAnalyzer
{
    private static readonly ImmutableDictionary<string, DiagnosticDescriptor> Descriptors = Rules.All.ToImmutableDictionary(static r => r.Id, Describe);

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = Descriptors.Values.OrderBy(static d => d.Id, StringComparer.Ordinal).ToImmutableArray();

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        var model = (INamedTypeSymbol)context.Symbol;
        if (!model.GetAttributes().Any(static a => a.AttributeClass?.ToDisplayString() == typeof(QatModelAttribute).FullName))
        {
            return;
        }

        var (captured, passed) = ModelReader.Read(model, context.Compilation, context.CancellationToken);
        foreach (var found in captured.Violations)
        {
            Report(found.Violation, found.Location);
        }

        foreach (var found in captured.Locate(passed?.Violations ?? Seq<Violation>.Empty, model.Locations[0]))
        {
            Report(found.Violation, found.Location);
        }

        void Report(Violation violation, Location location) => context.ReportDiagnostic(Diagnostic.Create(Descriptors[violation.Rule.Id], location, [.. violation.Arguments]));
    }

    private static DiagnosticDescriptor Describe(Rule rule) => new(
        rule.Id, rule.Title, rule.Format, "QatGen", (DiagnosticSeverity)((int)rule.Severity + 1), isEnabledByDefault: true, description: rule.Remedy + ".");
}
