using QatGen.Graphs;
using QatGen.Marches;
using QatGen.Operators;

namespace QatGen.Passes;

/// <summary>
/// Decides for each node what becomes of its result. What can stay int32 (high precision) and is only a model output does, unless [HighPrecisionOutput] asks otherwise, at the node or one fused into it before at the model.
/// </summary>
public static class AssignQuantization
{
    public static Graph Run(Graph graph)
    {
        var uses = graph.CountUses();
        return graph with { Nodes = graph.Nodes.Select((n, i) => n with { Output = Of(graph, n, graph.Inputs.Count + i, uses) }).ToSeq() };
    }

    /// <summary>What [HighPrecisionOutput] asks and cannot have, or has no effect on, in a graph that is fused but not yet quantized.</summary>
    public static IEnumerable<Violation> Check(Graph fused)
    {
        var uses = fused.CountUses();
        var nodes = fused.Nodes.Select((n, i) => (Node: n, Value: fused.Inputs.Count + i, Asked: Asked(n))).ToArray();
        var possible = nodes.Where(n => Obstacle(fused, n.Node, n.Value, uses) is null).ToArray();
        bool CanBe(Node node) => possible.Any(p => p.Node.ModulePath == node.ModulePath);
        foreach (var (node, value, asked) in nodes)
        {
            var isModels = asked == OutputKind.SameAsInput && fused.Outputs.Contains(value);
            if ((isModels ? fused.OutputsAsked : asked) == OutputKind.HighPrecision && !CanBe(node))
            {
                yield return Violation.Of(QuantizationRules.NotHighPrecision, node.Path, node.Path, Obstacle(fused, node, value, uses)!);
            }

            if (asked == OutputKind.Quantized && !CanBe(node))
            {
                yield return Violation.Of(CaptureRules.NoEffect, node.Path, "HighPrecisionOutput", node.Path, "its result is quantized anyway");
            }
        }

        if (fused.OutputsAsked == OutputKind.Quantized && possible.Length == 0)
        {
            yield return Violation.Of(CaptureRules.NoEffect, "", "HighPrecisionOutput", fused.Type, "its outputs are quantized anyway");
        }
    }

    private static OutputKind Of(Graph graph, Node node, int value, int[] uses)
    {
        var asked = Asked(node) is var own && own != OutputKind.SameAsInput ? own : graph.OutputsAsked;
        return asked != OutputKind.Quantized && Obstacle(graph, node, value, uses) is null ? OutputKind.HighPrecision
            : Catalogue.Get(node.Operator).OwnsScaleIn(node) ? OutputKind.Quantized
            : OutputKind.SameAsInput;
    }

    /// <summary>Why a result cannot stay int32; null where it can.</summary>
    private static string? Obstacle(Graph graph, Node node, int value, int[] uses) =>
        !graph.Outputs.Contains(value) ? "it is no output of the model"
        : !Catalogue.Get(node.Operator).StaysInt32(node, graph.March) ? $"{MarchSpec.Get(graph.March).DisplayName} gives no qint32 of {node.FusedName}"
        : node.Find(Fusion.Add) is not null ? "a sum is fused into it"
        : uses[value] > graph.Outputs.Count(o => o == value) ? "other layers read it"
        : null;

    private static OutputKind Asked(Node node) => node.Absorbed.Prepend(node).Select(static n => n.Output).FirstOrDefault(static o => o != OutputKind.SameAsInput);
}
