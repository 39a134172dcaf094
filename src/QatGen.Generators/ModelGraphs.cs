using Microsoft.CodeAnalysis;
using QatGen.Generators.Incremental;
using QatGen.Graphs;

namespace QatGen.Generators;

/// <summary>What the generator keeps of a model between two runs: its graphs, which compare by value and hold no symbol, syntax or location, and the name of its files.</summary>
internal sealed record ModelGraphs(Graph Canonical, Graph? Fused, string FileName)
{
    /// <summary>The graphs of a class with the attribute; null where capture found an error, which the analyzer reports, and where an earlier part of the class has the attribute too, which the compiler reports.</summary>
    public static ModelGraphs? Read(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var model = (INamedTypeSymbol)context.TargetSymbol;
        var compilation = context.SemanticModel.Compilation;
        if (!IsFirst(context, cancellation) || ModelReader.Read(model, compilation, cancellation).Passed is not { } passed)
        {
            return null;
        }

        return new(passed.Canonical, passed.Fused, NameIndex.Of(compilation, cancellation).FileName(passed.Canonical.Namespace, passed.Canonical.Type));
    }

    private static bool IsFirst(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var attribute = context.Attributes[0].AttributeClass;
        var first = context.TargetSymbol.GetAttributes().First(a => SymbolEqualityComparer.Default.Equals(a.AttributeClass, attribute));
        return first.ApplicationSyntaxReference?.GetSyntax(cancellation).Parent?.Parent == context.TargetNode;
    }
}
