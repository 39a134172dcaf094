using Microsoft.CodeAnalysis;
using QatGen.Generators.Capture;
using QatGen.Generators.Emit;
using QatGen.Graphs;
using QatGen.Passes;

namespace QatGen.Generators;

/// <summary>What the generator keeps of a model between two runs: its graphs, which compare by value and hold no symbol, syntax or location.</summary>
internal sealed record ModelGraphs(Graph Canonical, Graph? Fused, Block Block)
{
    /// <summary>The graphs of a model class; null where capture found an error, which the analyzer reports.</summary>
    public static ModelGraphs? Read(INamedTypeSymbol model, Compilation compilation, CancellationToken cancellation)
    {
        if (ModelCapture.Run(model, compilation, cancellation) is not { Graph: { } graph, Block: { } block })
        {
            return null;
        }

        var result = Pipeline.Run(graph);
        return new(result.Canonical, result.Fused, block);
    }

    /// <summary>What other projects may know of a class with <see cref="QatBlockAttribute"/>; null where capture found an error, and for a model, which has its block among its graphs.</summary>
    public static Block? ReadBlock(INamedTypeSymbol block, Compilation compilation, CancellationToken cancellation) =>
        ModelCapture.Run(block, compilation, cancellation) is { Graph: null, Block: { } known } ? known : null;

    /// <summary>The name under which the generated files of the model stand: <c>Namespace.Net</c>.</summary>
    public string FileName => GeneratedFile.Name(Canonical);
}
