using QatGen.Graphs;
using QatGen.Operators;

namespace QatGen.Passes;

/// <summary>The types that a source says for the values of a graph: those of its inputs and of [Quantize], qint8 where it says none. What keeps its input's scale keeps its type.</summary>
internal static class DeclaredTypes
{
    public static IReadOnlyList<DType> Of(Graph graph)
    {
        var general = Last(graph.Settings.Where(static s => s.Path.Length == 0));
        var types = graph.Inputs.Select(i => i.DType == DType.QInt8 ? general ?? DType.QInt8 : i.DType).ToList();
        foreach (var node in graph.Nodes)
        {
            types.Add(node.Inputs.Count > 0 && !Catalogue.Get(node.Operator).OwnsScaleIn(node) ? types[node.Inputs[0]]
                : Last(graph.Settings.Where(s => s.Covers(node))) ?? DType.QInt8);
        }

        return types;
    }

    /// <summary>The more general settings come first.</summary>
    private static DType? Last(IEnumerable<QuantizeSetting> settings) => settings.Select(static s => s.Type ?? (s.Bits == 0 ? null : s.Bits > 8 ? DType.QInt16 : DType.QInt8)).LastOrDefault(static t => t is not null);
}
