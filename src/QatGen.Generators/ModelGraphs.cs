using Microsoft.CodeAnalysis;
using QatGen.Generators.Incremental;
using QatGen.Graphs;

namespace QatGen.Generators;

/// <summary>What the generator keeps of a model, or of a variant of it, between two runs: its graphs, which compare by value and hold no symbol, syntax or location, and the name of its files.</summary>
internal sealed record ModelGraphs(Graph Canonical, Graph? Fused, string FileName)
{
    /// <summary>The variants of a class with the attribute; none where capture found an error, which the analyzer reports, and where an earlier part of the class has the attribute too, which the compiler reports.</summary>
    public static Seq<ModelGraphs> Read(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var compilation = context.SemanticModel.Compilation;
        if (!IsFirst(context, cancellation))
        {
            return Seq<ModelGraphs>.Empty;
        }

        var names = NameIndex.Of(compilation, cancellation);
        return ModelReader.Read((INamedTypeSymbol)context.TargetSymbol, compilation, cancellation).Passed
            .Select(p => new ModelGraphs(p.Canonical, p.Fused, names.FileName(p.Canonical.Namespace, p.Canonical.Type) + (p.Canonical.Variant.Length == 0 ? "" : "." + p.Canonical.Variant))).ToSeq();
    }

    private static bool IsFirst(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var attribute = context.Attributes[0].AttributeClass;
        var first = context.TargetSymbol.GetAttributes().First(a => SymbolEqualityComparer.Default.Equals(a.AttributeClass, attribute));
        return first.ApplicationSyntaxReference?.GetSyntax(cancellation).Parent?.Parent == context.TargetNode;
    }
}
