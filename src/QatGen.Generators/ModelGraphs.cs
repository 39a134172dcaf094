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
        var all = ModelCapture.Run(model, compilation, cancellation).Graphs.Select(static g => Pipeline.Run(g)).Select(static r => new ModelGraphs(r.Canonical, r.Fused)).ToSeq();
        return all.Count == 0 ? null : all[0] with { Others = all.Skip(1).ToSeq() };
    }

    /// <summary>The further variants that [ModelArgs] names.</summary>
    public Seq<ModelGraphs> Others { get; init; } = Seq<ModelGraphs>.Empty;


    /// <summary>The name under which the generated files of the model stand: <c>Namespace.Net</c>.</summary>
    public string FileName => Canonical.Namespace.Length == 0 ? Canonical.Name : $"{Canonical.Namespace}.{Canonical.Name}";
}
