using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using QatGen.Generators.Capture;
using QatGen.Passes;

namespace QatGen.Generators.Incremental;

/// <summary>
/// Reads models for generator and analyzer, which see different compilations of the same files, and again only when a file that the model depends on has changed. What is kept of a model hangs on its syntax tree: at
/// most two readings, for where other generators' files make the two compilations differ, and no compilation.
/// </summary>
internal static class ModelReader
{
    private const int Kept = 2;

    private static readonly ConditionalWeakTable<SyntaxTree, Dictionary<string, List<(ModelKey Key, ModelReading Reading)>>> Known = new();
    private static readonly ConditionalWeakTable<Compilation, Compilation> WithoutOurs = new();

    /// <summary>Captures a class that carries [QatModel] and runs the passes on its graph. Never throws but when cancelled.</summary>
    public static ModelReading Read(INamedTypeSymbol model, Compilation compilation, CancellationToken cancellation)
    {
        if (model.DeclaringSyntaxReferences.FirstOrDefault(static r => !NameIndex.IsOurs(r.SyntaxTree)) is not { } declaration)
        {
            return new(new(Seq<Graphs.Graph>.Empty, [], new Dictionary<string, Location>()), Seq<PipelineResult>.Empty);
        }

        var key = NameIndex.Of(compilation, cancellation).Key(declaration.SyntaxTree, compilation);
        var name = TorchNames.FullName(model);
        var models = Known.GetOrCreateValue(declaration.SyntaxTree);
        lock (models)
        {
            if (models.TryGetValue(name, out var readings) && readings.FirstOrDefault(r => r.Key.Matches(key)).Reading is { } known)
            {
                return known;
            }
        }

        var reading = Capture(model, declaration, compilation, cancellation);
        lock (models)
        {
            var before = models.TryGetValue(name, out var readings) ? readings.Take(Kept - 1) : [];
            models[name] = [(key, reading), .. before];
        }

        return reading;
    }

    private static ModelReading Capture(INamedTypeSymbol model, SyntaxReference declaration, Compilation compilation, CancellationToken cancellation)
    {
        var source = WithoutOurs.GetValue(compilation, static c => c.RemoveSyntaxTrees(c.SyntaxTrees.Where(NameIndex.IsOurs)));
        if (source.SyntaxTrees.Count() < compilation.SyntaxTrees.Count())
        {
            // The analyzer must not bind to what the generator could not see yet, or the two would disagree about a model that uses generated code.
            model = (INamedTypeSymbol)source.GetSemanticModel(declaration.SyntaxTree).GetDeclaredSymbol(declaration.GetSyntax(cancellation), cancellation)!;
            compilation = source;
        }

        var captured = ModelCapture.Run(model, compilation, cancellation);
        return new(captured, captured.Graphs.Select(Pipeline.Run).ToSeq());
    }
}
