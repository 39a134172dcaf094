using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using QatGen.Generators.Emit;

namespace QatGen.Generators;

/// <summary>
/// Emits <c>NetQat</c> and <c>NetFixedPoint</c> for each class with <see cref="QatModelAttribute"/>. It reports nothing: the analyzer runs the same capture and passes, and says what is wrong with a model
/// for which nothing is emitted.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class QatGenerator : IIncrementalGenerator
{
    /// <summary>The tracked step that holds each model's graphs.</summary>
    public const string ModelsStep = "Models";

    /// <summary>The build property that also emits the captured graph in float, for tests.</summary>
    public const string EmitFloatProperty = "build_property.QatGenEmitFloat";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var models = context.SyntaxProvider.ForAttributeWithMetadataName(
            typeof(QatModelAttribute).FullName!,
            static (node, _) => node is ClassDeclarationSyntax,
            ModelGraphs.Read).SelectMany(static (variants, _) => variants).WithTrackingName(ModelsStep);
        var emitFloat = context.AnalyzerConfigOptionsProvider.Select(static (options, _) => options.GlobalOptions.TryGetValue(EmitFloatProperty, out var value) && value == "true");
        context.RegisterSourceOutput(models.Combine(emitFloat), static (output, pair) => Emit(output, pair.Left, pair.Right));
    }

    private static void Emit(SourceProductionContext output, ModelGraphs model, bool emitFloat)
    {
        void Add(string kind, string code) => output.AddSource($"{model.FileName}.{kind}.g.cs".Replace("@", ""), SourceText.From(code, Encoding.UTF8));
        if (model.Fused is { } fused)
        {
            Add("Qat", QatEmitter.Emit(fused));
            Add("FixedPoint", FixedPointEmitter.Emit(fused));
        }

        if (emitFloat)
        {
            Add("Float", FloatEmitter.Emit(model.Canonical));
        }
    }
}
