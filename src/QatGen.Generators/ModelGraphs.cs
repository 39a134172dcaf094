using Microsoft.CodeAnalysis;
using QatGen.Generators.Incremental;
using QatGen.Graphs;

namespace QatGen.Generators;

/// <summary>What the generator keeps of a model between two runs: its graphs, which compare by value and hold no symbol, syntax or location.</summary>
internal sealed record ModelGraphs(Graph Canonical, Graph? Fused)
{
    /// <summary>The graphs of a model class; null where capture found an error, which the analyzer reports.</summary>
    public static ModelGraphs? Read(INamedTypeSymbol model, Compilation compilation, CancellationToken cancellation) =>
        ModelReader.Read(model, compilation, cancellation).Passed is { } passed ? new(passed.Canonical, passed.Fused) : null;

    /// <summary>The name under which the generated files of the model stand: <c>Namespace.Net</c>.</summary>
    public string FileName => Canonical.Namespace.Length == 0 ? Canonical.Type : $"{Canonical.Namespace}.{Canonical.Type}";
}
