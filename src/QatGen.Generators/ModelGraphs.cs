using Microsoft.CodeAnalysis;
using QatGen.Generators.Capture;
using QatGen.Graphs;
using QatGen.Passes;

namespace QatGen.Generators;

/// <summary>What the generator keeps of a model between two runs: its graphs, which compare by value and hold no symbol, syntax or location.</summary>
internal sealed record ModelGraphs(Graph Canonical, Graph? Fused)
{
    /// <summary>The graphs of a model class; null where capture found an error, which the analyzer reports.</summary>
    public static ModelGraphs? Read(INamedTypeSymbol model, Compilation compilation, CancellationToken cancellation)
    {
        if (ModelCapture.Run(model, compilation, cancellation).Graph is not { } graph)
        {
            return null;
        }

        var result = Pipeline.Run(graph);
        return new(result.Canonical, result.Fused);
    }

    /// <summary>The name under which the generated files of the model stand: <c>Namespace.Net</c>.</summary>
    public string FileName => Canonical.Namespace.Length == 0 ? Canonical.Type : $"{Canonical.Namespace}.{Canonical.Type}";
}
