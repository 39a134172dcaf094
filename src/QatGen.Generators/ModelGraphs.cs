using Microsoft.CodeAnalysis;
using QatGen.Generators.Capture;
using QatGen.Generators.Incremental;
using QatGen.Graphs;

namespace QatGen.Generators;

/// <summary>
/// What the generator keeps of a model or block between two runs: its graphs, which compare by value and hold no symbol, syntax or location, and the name of its files. A class that is only a block has no
/// <paramref name="Canonical"/> graph of its own.
/// </summary>
internal sealed record ModelGraphs(Block Block, Graph? Canonical, Graph? Fused, string FileName)
{
    /// <summary>
    /// The graphs of a class with the attribute; null where capture found an error, which the analyzer reports, where an earlier part of the class has the attribute too, which the compiler reports, and for the
    /// [QatBlock] of a model, which is one anyway.
    /// </summary>
    public static ModelGraphs? Read(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var model = (INamedTypeSymbol)context.TargetSymbol;
        var compilation = context.SemanticModel.Compilation;
        var (captured, passed) = ModelReader.Read(model, compilation, cancellation);
        if (!IsFirst(context, cancellation) || captured.Block is not { } block || (passed is not null && TorchNames.FullName(context.Attributes[0].AttributeClass!) == typeof(QatBlockAttribute).FullName))
        {
            return null;
        }

        var graph = block.Variants[0].Graph;
        return new(block, passed?.Canonical, passed?.Fused, NameIndex.Of(compilation, cancellation).FileName(graph.Namespace, graph.Type));
    }

    private static bool IsFirst(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var attribute = context.Attributes[0].AttributeClass;
        var first = context.TargetSymbol.GetAttributes().First(a => SymbolEqualityComparer.Default.Equals(a.AttributeClass, attribute));
        return first.ApplicationSyntaxReference?.GetSyntax(cancellation).Parent?.Parent == context.TargetNode;
    }
}
