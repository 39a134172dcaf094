using QatGen.Graphs;
using QatGen.Marches;
using QatGen.Operators;
using QatGen.Primitives;

namespace QatGen.Passes;

/// <summary>A captured graph after the passes: canonical (float, unfused), and fused and quantized unless a rule of severity error is broken.</summary>
public sealed record PipelineResult(Graph Canonical, Graph? Fused, Seq<Violation> Violations);

/// <summary>Canonicalize, put the batch first, expand composites, fold batch norm, fuse epilogues, assign quantization; verified after each.</summary>
public static class Pipeline
{
    public static PipelineResult Run(Graph captured)
    {
        var live = Verified(RemoveDeadNodes.Run(captured));
        var canonical = MarkMasks.Run(MarkIndices.Run(live));
        var indices = MarkIndices.Find(live);
        var types = live.Inputs.Where((input, i) => input.DType == DType.QInt32 && !indices.Contains(i)).Select(static i => Violation.Of(QuantizationRules.TypeNotActivation, i.Name, i.Name, i.DType.Name()));
        var removed = canonical.Nodes.Where(static n => !n.IsOpaque && Catalogue.Get(n.Operator).IsIdentity);
        var violations = types.Concat(canonical.Nodes.Where(static n => n.IsOpaque).SelectMany(Unclaimed)).Concat(removed.SelectMany(static n => Catalogue.Get(n.Operator).Check(n))).ToList();
        var needed = Verified(KeepBatchFirst.Run(Verified(RemoveIdentities.Run(canonical)), violations));
        violations.AddRange(needed.Nodes.Where(static n => !n.IsOpaque).SelectMany(static n => Placing.Check(n).Concat(Shared(n))));
        if (HasErrors(violations))
        {
            return new(canonical, null, violations.ToSeq());
        }

        violations.AddRange(Notes(needed, static n => !(FunctionalLayer.Is(n) && Catalogue.Get(n.Operator).Fusion == Fusion.ConvLike)));
        var expanded = Verified(ExpandComposites.Run(needed, violations));
        violations.AddRange(Notes(expanded, FunctionalLayer.IsMade));
        if (HasErrors(violations))
        {
            return new(canonical, null, violations.ToSeq());
        }

        var folded = Verified(FoldBatchNorm.Run(expanded));
        violations.AddRange(FoldBatchNorm.Check(folded));
        if (HasErrors(violations))
        {
            return new(canonical, null, violations.ToSeq());
        }

        var merged = Verified(FuseEpilogues.Run(folded));
        violations.AddRange(AssignQuantization.Check(merged));
        var fused = Verified(AssignQuantization.Run(merged));
        violations.AddRange(Check(fused));
        return new(canonical, HasErrors(violations) ? null : fused, violations.ToSeq());

        static bool HasErrors(IEnumerable<Violation> found) => found.Any(static v => v.Rule.Severity == RuleSeverity.Error);
    }

    /// <summary>Why a call has no operator: none has its name, or the one that has it does not take such arguments. One of several results has the reason of the call.</summary>
    public static IEnumerable<Violation> Unclaimed(Node opaque)
    {
        if (opaque.Form.Kind != FormKind.Item)
        {
            yield return Catalogue.Find(opaque.Form) is { } op
                ? Violation.Of(CaptureRules.Argument, opaque.Path, op.Name, "arguments", opaque.Attributes.ToString(), "values that are known at compile time")
                : Violation.Of(CaptureRules.UnknownOperator, opaque.Path, opaque.Operator);
        }
    }

    /// <summary>A module's second call, which gets an observed scale of its own; later ones break the same rule.</summary>
    private static IEnumerable<Violation> Shared(Node node)
    {
        if (node.Path.EndsWith("#2", StringComparison.Ordinal) && Catalogue.Get(node.Operator) is var op && ((op.OwnsScaleIn(node) && !op.Constants(node).Any(static r => r.Scale > 0)) || op.Fusion == Fusion.BatchNorm))
        {
            yield return Violation.Of(CaptureRules.ModuleShared, node.Path, node.Path.Substring(0, node.Path.Length - "#2".Length));
        }
    }

    /// <summary>What the toolkit of the march refuses of some operators as they are written; of a layer that is written as a function that is known once it is one.</summary>
    private static IEnumerable<Violation> Notes(Graph graph, Func<Node, bool> isNoted)
    {
        var (uses, types) = (graph.CountUses(), DeclaredTypes.Of(graph));
        return graph.Nodes.SelectMany((n, i) =>
        {
            if (!isNoted(n))
            {
                return [];
            }

            var value = graph.Inputs.Count + i;
            var use = new OperatorUse(n, uses[value] == graph.Outputs.Count(o => o == value), n.Inputs.Select(v => types[v]).ToSeq());
            return Catalogue.Get(n.Operator).MarchNotes.SelectMany(note => note.Check(graph.March, use));
        });
    }

    /// <summary>Shapes, types and the march's limits, as far as shapes are known.</summary>
    public static IReadOnlyList<Violation> Check(Graph fused)
    {
        var checker = new MarchChecker(MarchSpec.Get(fused.March));
        var constants = Lowering.Slots(fused).Select(static s => s.Fact).ToArray();
        var inputs = fused.Inputs.Select(static i => i.Shape.Count == 0 ? Fact.Unknown(i.DType) : Fact.Of(i.Shape, i.DType)).ToArray();
        if (inputs.Any(static i => i.IsEmpty))
        {
            return [.. fused.Inputs.Where(static i => i.Shape.Contains(0)).Select(static i => Violation.Of(ShapeRules.Empty, i.Name, Fact.Of(i.Shape, i.DType).ToString()))];
        }

        Lowering.Run(fused, checker, constants, inputs);
        return checker.Violations;
    }

    private static Graph Verified(Graph graph)
    {
        graph.Verify();
        return graph;
    }
}
