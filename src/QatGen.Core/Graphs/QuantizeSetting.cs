using QatGen.Operators;

namespace QatGen.Graphs;

/// <summary>
/// What a [Quantize] says of the modules at a path and below it (empty: of the whole model); <paramref name="Target"/> is the class, field or assembly that carries it. Null and 0 say nothing.
/// </summary>
public sealed record QuantizeSetting(
    string Path, string Target, DType? Type = null, int Bits = 0, int WeightBits = 0, double Scale = 0, FakeQuantKind? Kind = null, ObserverKind? Observer = null)
{
    public bool Covers(Node node) => Path.Length == 0 || node.ModulePath == Path || node.ModulePath.StartsWith(Path + ".", StringComparison.Ordinal);

    /// <summary>Whether it decides anything of a graph: one of the whole model does, others where they cover a call that gets a scale, that may become part of such a call, or that is the user's.</summary>
    public bool IsUsedIn(Graph graph) => Path.Length == 0
        || graph.Nodes.Any(n => Covers(n) && (n.IsOpaque || (Catalogue.Get(n.Operator) is var op && (op.OwnsScaleIn(n) || op.Fusion != Fusion.None || op.IsComposite(n)))));
}
