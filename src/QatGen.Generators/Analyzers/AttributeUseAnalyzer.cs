using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using QatGen.Generators.Capture;

namespace QatGen.Generators.Analyzers;

/// <summary>Reports attributes of QatGen that have no effect where they stand: settings beside a class that is no model, shapes of inputs that do not exist, and what nothing keeps or contains.</summary>
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
        context.RegisterSymbolAction(AnalyzeField, SymbolKind.Field);
        context.RegisterOperationAction(static c => AnalyzeKept(((ILocalFunctionOperation)c.Operation).Symbol, c.ReportDiagnostic), OperationKind.LocalFunction);
        context.RegisterOperationAction(static c => AnalyzeKept(((IAnonymousFunctionOperation)c.Operation).Symbol, c.ReportDiagnostic), OperationKind.AnonymousFunction);
    }

    private static void AnalyzeClass(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        AnalyzeKept(type, context.ReportDiagnostic);
        if (Find<QatBlockAttribute>(type).FirstOrDefault() is { } block)
        {
            if (IsModel(type))
            {
                Report(block, type.Name, "a class with [QatModel] is a block for other projects anyway");
            }
            else if (type.DeclaredAccessibility != Accessibility.Public && !context.Compilation.Assembly.GetAttributes().Any(static a => a.AttributeClass?.Name == "InternalsVisibleToAttribute"))
            {
                Report(block, type.Name, "no other project can contain a class that is not public");
            }
        }

        foreach (var asked in IsModel(type) ? [] : Find<HighPrecisionOutputAttribute>(type))
        {
            Report(asked, type.Name, "the class has no [QatModel]");
        }

        foreach (var quantize in Find<QuantizeAttribute>(type))
        {
            if (!TorchNames.IsModule(type))
            {
                Report(quantize, type.Name, "the class is no TorchSharp module");
            }
            else if (quantize.NamedArguments.Select(static a => a.Key).FirstOrDefault(OfInputs) is { } setting)
            {
                Report(quantize, type.Name, $"{setting} is for single inputs and operators");
            }
        }

        foreach (var arguments in IsModel(type) || Find<QatBlockAttribute>(type).Any() ? [] : Find<ModelArgsAttribute>(type))
        {
            Report(arguments, type.Name, "the class has no [QatModel] or [QatBlock]");
        }

        var forward = type.GetMembers(TorchNames.Forward).OfType<IMethodSymbol>().FirstOrDefault(static m => m.IsOverride);
        var hasList = forward?.Parameters.Any(static p => ModelInputs.HasList(p.Type)) == true;
        var inputs = forward?.Parameters.Sum(static p => ModelInputs.Count(p.Type)) ?? int.MaxValue;
        foreach (var (shape, i) in Find<InputShapeAttribute>(type).Select(static (s, i) => (s, i)))
        {
            if (!IsModel(type) && !(hasList && Find<QatBlockAttribute>(type).Any()))
            {
                Report(shape, type.Name, "the class has no [QatModel]");
            }
            else if (!hasList && i >= inputs)
            {
                Report(shape, type.Name, $"forward has {inputs} inputs");
            }
        }

        void Report(AttributeData attribute, string target, string why) => AttributeUseAnalyzer.Report(context.ReportDiagnostic, attribute, target, why);
    }

    private static void AnalyzeMethod(SymbolAnalysisContext context)
    {
        var method = (IMethodSymbol)context.Symbol;
        AnalyzeKept(method, context.ReportDiagnostic);
        if (IsModel(method.ContainingType) && method is { Name: TorchNames.Forward, IsOverride: true })
        {
            foreach (var parameter in method.Parameters)
            {
                foreach (var quantize in Find<QuantizeAttribute>(parameter).Where(static a => a.NamedArguments.Any(static n => !OfInputs(n.Key) && n.Key != nameof(QuantizeAttribute.DType))))
                {
                    Report(context.ReportDiagnostic, quantize, parameter.Name, $"{quantize.NamedArguments.First(static n => !OfInputs(n.Key) && n.Key != nameof(QuantizeAttribute.DType)).Key} is for operators");
                }
            }

            return;
        }

        foreach (var (parameter, attribute) in method.Parameters.SelectMany(static p => Find<QuantizeAttribute>(p).Select(a => (p, a))))
        {
            Report(context.ReportDiagnostic, attribute, parameter.Name, "only an input of a model's forward is quantized");
        }
    }

    private static void AnalyzeField(SymbolAnalysisContext context)
    {
        var field = (IFieldSymbol)context.Symbol;
        AnalyzeKept(field, context.ReportDiagnostic);
        foreach (var quantize in Find<QuantizeAttribute>(field))
        {
            if (field.IsStatic || !Evaluator.MayHoldModule(field.Type))
            {
                Report(context.ReportDiagnostic, quantize, field.Name, field.IsStatic ? "only what an object holds is quantized" : "the field holds no module");
            }
        }

        foreach (var asked in field.IsStatic || !Evaluator.MayHoldModule(field.Type) ? Find<HighPrecisionOutputAttribute>(field) : [])
        {
            Report(context.ReportDiagnostic, asked, field.Name, field.IsStatic ? "only what an object holds has a result" : "the field holds no module");
        }
    }

    private static void AnalyzeKept(ISymbol symbol, Action<Diagnostic> report)
    {
        if (Find<KeepAsIsAttribute>(symbol).FirstOrDefault() is { } attribute && !Evaluator.IsKept(symbol))
        {
            Report(report, attribute, symbol is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } ? "a lambda" : symbol.Name, symbol switch
            {
                INamedTypeSymbol type when TorchNames.IsModule(type) => "a class with [QatModel] or [QatBlock] is captured itself",
                INamedTypeSymbol => "the class is no TorchSharp module",
                IFieldSymbol { IsStatic: true } => "only what an object holds is kept",
                IFieldSymbol => "the field holds no module",
                IMethodSymbol { MethodKind: not MethodKind.Ordinary } => "only a method of a class is kept",
                IMethodSymbol { Name: TorchNames.Forward } => "forward is called through its module, whose class or field has to carry it",
                _ => "the method neither takes nor returns tensors",
            });
        }
    }

    /// <summary>Whether a setting is one that a class cannot have.</summary>
    private static bool OfInputs(string setting) => setting is nameof(QuantizeAttribute.Scale) or nameof(QuantizeAttribute.Source);

    private static bool IsModel(INamedTypeSymbol? type) => type is not null && Find<QatModelAttribute>(type).Any();

    private static IEnumerable<AttributeData> Find<T>(ISymbol symbol) => symbol.GetAttributes().Where(static a => ModelDeclaration.Is(a, typeof(T)));

    private static void Report(Action<Diagnostic> report, AttributeData attribute, string target, string why)
    {
        if (attribute.ApplicationSyntaxReference is { } reference)
        {
            var name = attribute.AttributeClass!.Name.Replace("Attribute", "");
            report(Diagnostic.Create(NoEffect, Location.Create(reference.SyntaxTree, reference.Span), name, target, why));
        }
    }
}
