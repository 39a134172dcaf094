using QatGen.Arithmetic;
using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>Limits a tensor to constant bounds, of which one may be missing; keeps the scale.</summary>
internal sealed class Clamp() : Operator("Clamp")
{
    private static readonly Seq<string> Functions = new("clamp", "clip", "clamp_min", "clamp_max");

    public override Seq<Form> Forms => new([
        .. Functions.Select(static f => new Form(FormKind.Torch, f)), .. Functions.Append("hardtanh").Select(static f => new Form(FormKind.Method, f)),
        new(FormKind.Functional, "hardtanh"), new(FormKind.Module, "Hardtanh")]);

    public override Seq<string> Structural => new("min", "max", "min_val", "max_val");

    public override IEnumerable<Violation> Check(Node node)
    {
        var range = Range(node);
        if (node.Inputs.Count != 1 || !(range.Low <= range.High))
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
        yield return Example.Of("hardtanh", new("Clamp", "clamp", new(FormKind.Module, "Hardtanh"), new(0), new()), [2, 5, 11]);
    }
}
