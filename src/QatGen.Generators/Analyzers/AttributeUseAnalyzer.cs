using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using QatGen.Generators.Capture;

namespace QatGen.Generators.Analyzers;

/// <summary>Reports attributes of QatGen that have no effect where they stand: settings beside a class that is no model, and shapes of inputs that do not exist.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AttributeUseAnalyzer : DiagnosticAnalyzer
{
    private static readonly DiagnosticDescriptor NoEffect = Descriptors.Of(CaptureRules.NoEffect);

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(NoEffect);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(AnalyzeClass, SymbolKind.NamedType);
        context.RegisterSymbolAction(AnalyzeMethod, SymbolKind.Method);
    }

    private static void AnalyzeClass(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        var shapes = type.GetAttributes().Where(static a => Is<InputShapeAttribute>(a)).ToArray();
        if (IsModel(type) && type.GetAttributes().FirstOrDefault(Is<QatBlockAttribute>) is { } block)
        {
            Report(context, block, type.Name, "a class with [QatModel] is a block for other projects anyway");
        }

        var forward = type.GetMembers("forward").OfType<IMethodSymbol>().FirstOrDefault(static m => m.IsOverride);
        for (var i = 0; i < shapes.Length; i++)
        {
            if (!IsModel(type))
            {
                Report(context, shapes[i], type.Name, "the class has no [QatModel]");
            }
            else if (forward is not null && i >= forward.Parameters.Length)
            {
                Report(context, shapes[i], type.Name, $"forward has {forward.Parameters.Length} inputs");
            }
        }
    }

    private static void AnalyzeMethod(SymbolAnalysisContext context)
    {
        var method = (IMethodSymbol)context.Symbol;
        if (IsModel(method.ContainingType) && method is { Name: "forward", IsOverride: true })
        {
            return;
        }

        foreach (var (parameter, attribute) in method.Parameters.SelectMany(static p => p.GetAttributes().Where(Is<QuantizeAttribute>).Select(a => (p, a))))
        {
            Report(context, attribute, parameter.Name, "only an input of a model's forward is quantized");
        }
    }

    private static bool IsModel(INamedTypeSymbol? type) => type is not null && type.GetAttributes().Any(Is<QatModelAttribute>);

    private static bool Is<T>(AttributeData attribute) => ModelDeclaration.Is(attribute, typeof(T));

    private static void Report(SymbolAnalysisContext context, AttributeData attribute, string target, string why)
    {
        if (attribute.ApplicationSyntaxReference is { } reference)
        {
            var name = attribute.AttributeClass!.Name.Replace("Attribute", "");
            context.ReportDiagnostic(Diagnostic.Create(NoEffect, Location.Create(reference.SyntaxTree, reference.Span), name, target, why));
        }
    }
}
