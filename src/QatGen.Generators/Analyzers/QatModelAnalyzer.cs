using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using QatGen.Generators.Capture;
using QatGen.Generators.Incremental;

namespace QatGen.Generators.Analyzers;

/// <summary>Reports what capture, the operators and the march refuse, at the place in the user's source: while typing, and with the line of a block's own file where the block is inlined.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class QatModelAnalyzer : DiagnosticAnalyzer
{
    private static readonly ImmutableDictionary<string, DiagnosticDescriptor> ById = Rules.All.ToImmutableDictionary(static r => r.Id, Descriptors.Of);

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ById.Values.OrderBy(static d => d.Id, StringComparer.Ordinal).ToImmutableArray();

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
        if (!model.GetAttributes().Any(static a => ModelDeclaration.Is(a, typeof(QatModelAttribute)) || ModelDeclaration.Is(a, typeof(QatBlockAttribute))))
        {
            return;
        }

        var (captured, passed) = ModelReader.Read(model, context.Compilation, context.CancellationToken);
        foreach (var found in captured.Violations)
        {
            Report(found.Violation, found.Location);
        }

        foreach (var found in captured.Locate(passed.SelectMany(static p => p.Violations), model.Locations[0]))
        {
            Report(found.Violation, found.Location);
        }

        void Report(Violation violation, Location location) => context.ReportDiagnostic(Diagnostic.Create(ById[violation.Rule.Id], location, [.. violation.Arguments]));
    }
}
