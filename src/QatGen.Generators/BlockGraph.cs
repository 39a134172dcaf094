using Microsoft.CodeAnalysis;
using QatGen.Generators.Capture;
using QatGen.Generators.Incremental;
using QatGen.Graphs;

namespace QatGen.Generators;

/// <summary>What the generator keeps of a class that other projects may contain: its block, which compares by value and holds no symbol, syntax or location, and the name of its file.</summary>
internal sealed record BlockGraph(Block Block, string FileName)
{
    /// <summary>The block of a class with [QatModel], or of one with [QatBlock] alone; null where capture found an error, which the analyzer reports.</summary>
    public static BlockGraph? Read(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var (type, compilation) = ((INamedTypeSymbol)context.TargetSymbol, context.SemanticModel.Compilation);
        var isSecond = ModelDeclaration.Is(context.Attributes[0], typeof(QatBlockAttribute)) && type.GetAttributes().Any(static a => ModelDeclaration.Is(a, typeof(QatModelAttribute)));
        return !isSecond && ModelGraphs.IsFirst(context, cancellation) && ModelReader.Read(type, compilation, cancellation).Captured.Block is { } block
            ? new(block, NameIndex.Of(compilation, cancellation).FileName(block.Variants[0].Graph.Namespace, block.Variants[0].Graph.Type))
            : null;
    }
}
