using QatGen.Arithmetic;
using QatGen.Graphs;
using QatGen.Passes;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>Limits a tensor to bounds, of which one may be missing: numbers keep the scale; tensors are a maximum and a minimum, with a scale of its own.</summary>
internal sealed class Clamp() : Operator("Clamp")
{
    private static readonly Seq<string> Functions = new("clamp", "clip", "clamp_min", "clamp_max");

    public override Seq<Form> Forms => new([
        .. Functions.Select(static f => new Form(FormKind.Torch, f)), .. Functions.Append("hardtanh").Select(static f => new Form(FormKind.Method, f)),
        new(FormKind.Functional, "hardtanh"), new(FormKind.Module, "Hardtanh")]);

    public override Seq<string> Structural => new("min", "max", "min_val", "max_val");

    /// <summary>Where only one bound is a tensor its name tells which.</summary>
    public override Seq<string> NamedOperands => new("min", "max");

    public override bool OwnsScaleIn(Node node) => IsComposite(node);

    public override bool IsComposite(Node node) => node.Inputs.Count > 1;

    public override (double Int8, double Int16) CompositeSteps => (2, 2);

    public override int[] Expand(Expansion call)
    {
        int? Bound(string name) => call.Node.Attributes[name] is Value.Operand bound ? call.Inputs[bound.Input] : null;
        var (x, low, high) = (call.Inputs[0], Bound("min"), Bound("max"));
        return [(low, high) switch
        {
            ({ } bound, null) => call.Result("Maximum", new(x, bound)),
            (null, { } bound) => call.Result("Minimum", new(x, bound)),
            _ => call.Result("Minimum", new(call.Add("above", "Maximum", new(x, low!.Value)), high!.Value)),
        }];
    }

    public override string FloatCall(Node node, string module, string[] inputs)
    {
        if (!IsComposite(node))
        {
            return base.FloatCall(node, module, inputs);
        }

        var bounds = string.Join(", ", node.Attributes.Select(a => $"{a.Key}: {a.Value.ToCode(i => inputs[i])}"));
        return node.Form.Kind == FormKind.Method ? $"{inputs[0]}.{node.Form.Name}({bounds})" : $"torch.{node.Form.Name}({inputs[0]}, {bounds})";
    }

    public override IEnumerable<Violation> Check(Node node)
    {
        if (IsComposite(node))
        {
            yield break;
        }

        var range = Range(node);
        if (!(range.Low <= range.High))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "limits", node.Attributes.ToString(), "numbers, the lower one first");
        }
    }

    public override Seq<ConstantRole> Constants(Node node) => new(ConstantRole.Clamp(Range(node)));

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.Clamp(inputs[0], constants[0]);

    private static ClampRange Range(Node node)
    {
        var isHardtanh = node.Form.Kind is FormKind.Module or FormKind.Functional;
        return new(
            node.Real("min", node.Real("min_val", isHardtanh ? -1 : double.NegativeInfinity)),
            node.Real("max", node.Real("max_val", isHardtanh ? 1 : double.PositiveInfinity)));
    }

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs) => BatchFirst.Elementwise(node, inputs);

    public override IEnumerable<Example> Examples()
    {
        Node Clamp(string function, AttributeMap limits) => new("Clamp", "clamp", new(FormKind.Torch, function), new(0), limits);
        yield return Example.Of("both", Clamp("clamp", new() { ["min"] = -0.4, ["max"] = 1 }), [2, 5, 3, 7]);
        yield return Example.Of("from below", Clamp("clamp_min", new() { ["min"] = 0.1 }), [2, 17]);
        yield return Example.Of("from above", Clamp("clamp_max", new() { ["max"] = 0.3 }), [1, 7, 1, 1]);
        static Value Operand(int input) => new Value.Operand(input);
        yield return Example.Of("tensors", Clamp("clamp", new() { ["min"] = Operand(1), ["max"] = Operand(2) }), [2, 5, 3, 7], [2, 1, 3, 1], [2, 5, 3, 7]);
        yield return Example.Of("parameters", Clamp("clamp", new() { ["min"] = Operand(1), ["max"] = Operand(2) }), [2, 5, 3, 7]).With([5, 1, 1]).With([1]);
        yield return Example.Of("tensor from above", Clamp("clamp", new() { ["max"] = Operand(1) }), [2, 17], [2, 17]);
        yield return Example.Of("parameter from below", Clamp("clamp", new() { ["min"] = Operand(1) }), [2, 7, 11]).With([11]);
        yield return Example.Of("hardtanh", new("Clamp", "clamp", new(FormKind.Module, "Hardtanh"), new(0), new()), [2, 5, 11]);
    }
}
