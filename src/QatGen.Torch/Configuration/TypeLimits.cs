using QatGen.Marches;
using QatGen.Operators;
using QatGen.Primitives;
using QatGen.Torch.Modules;

namespace QatGen.Torch.Configuration;

/// <summary>What the march refuses of the types that a configuration gives: the limits of its primitives and of its toolkit, which the source's own types were held against when it was compiled.</summary>
internal static class TypeLimits
{
    /// <summary>Everything that is refused, where the types are to blame for any of it.</summary>
    public static IReadOnlyList<Violation> Check(QatModel model)
    {
        var calls = Connections.Of(model).Calls;
        var refused = Refused(model, calls, static type => type);
        return refused.Except(Refused(model, calls, static type => type == DType.QInt16 ? DType.QInt8 : type)).Any() ? refused : [];
    }

    private static Violation[] Refused(QatModel model, IReadOnlyList<(QatNode Node, int[] Inputs)> calls, Func<DType, DType> type)
    {
        var (checker, values, notes) = (new MarchChecker(MarchSpec.Get(model.March)), model.Inputs.Select(i => FactOf(i, type)).ToList(), new List<Violation>());
        foreach (var (node, inputs) in calls)
        {
            var facts = inputs.Select(i => values[i]).ToArray();
            var op = Catalogue.Get(node.Node.Operator);
            checker.Layer(node.Node.Path);
            values.Add(op.Lower(checker, node.Node, facts, [.. op.Constants(node.Node).Select(role => FactOf(node, role, facts, type))]));
            notes.AddRange(node.Node.Part is null ? MarchNote.OfTypes(model.March, node.Node, facts.Select(static f => f.DType).ToSeq()) : []);
        }

        foreach (var composite in calls.Where(static c => c.Node.Node.Part is { ResultOf.Length: > 0 }).Select(static c => c.Node.Node))
        {
            // What the parts of a composite read that is no part of it.
            var parts = calls.Select((c, i) => (c.Node, c.Inputs, Value: model.Inputs.Count + i)).Where(c => c.Node.Node.Path == composite.Path || c.Node.Node.Path.StartsWith(composite.Path + ".", StringComparison.Ordinal)).ToArray();
            var read = parts.SelectMany(static p => p.Inputs).Where(i => !Array.Exists(parts, p => p.Value == i)).Select(i => values[i].DType).ToArray();
            notes.AddRange(MarchNote.OfTypes(model.March, composite with { Operator = composite.Part!.ResultOf }, read.ToSeq()));
        }

        return [.. checker.Violations.Concat(notes).Where(static v => v.Rule.Severity == RuleSeverity.Error)];
    }

    private static Fact FactOf(QuantStub input, Func<DType, DType> type) => input.Shape.Count == 0 ? Fact.Unknown(type(input.Quantizer.DType)) : Fact.Of(input.Shape, type(input.Quantizer.DType));

    /// <summary>A constant in the type that it will have; what keeps its input's scale keeps its type.</summary>
    private static Fact FactOf(QatNode node, ConstantRole role, Fact[] inputs, Func<DType, DType> type)
    {
        DType Own(DType configured) => node.Node.Part?.Type ?? type(configured);
        return role switch
        {
            { Kind: ConstantKind.Rescale or ConstantKind.Table, DType: DType.QInt8 } => role.Fact with { DType = node.OutputQuantizer is { } own ? Own(own.DType) : inputs[0].DType },
            { Kind: ConstantKind.Tensor } => role.Fact with { DType = Own(node.TensorType) },
            _ => role.Fact,
        };
    }
}
