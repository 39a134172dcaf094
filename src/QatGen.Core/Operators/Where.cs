using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>One of two tensors, element by element, as a comparison decides; at a scale of its own.</summary>
internal sealed class Where() : Operator("Where")
{
    public override Seq<Form> Forms => new(new(FormKind.Torch, "where"), new(FormKind.Method, "where"));

    public override bool OwnsScale => true;

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Inputs.Count != 3)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "operands", node.Attributes.ToString(), "a condition and two tensors");
        }
    }

    public override Seq<int> MaskOperands(Node node) => new(node.Form.Kind == FormKind.Method ? 1 : 0);

    public override Seq<ConstantRole> Constants(Node node) => new(ConstantRole.Rescale(node));

    /// <summary>As a method it is called on the tensor that is taken where the condition holds.</summary>
    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) =>
        p.Elementwise(ElementwiseKind.Select, node.Form.Kind == FormKind.Method ? [inputs[1], inputs[0], inputs[2]] : inputs, constants[0]);

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs) => BatchFirst.Elementwise(node, inputs);

    public override IEnumerable<Example> Examples()
    {
        var where = new Node("Where", "where", Forms[0], new(0, 1, 2), new());
        yield return Example.Of("maps", where, [2, 5, 3, 7], [2, 5, 3, 7], [2, 5, 3, 7]);
        yield return Example.Of("condition repeats", where, [2, 1, 3, 1], [2, 5, 3, 7], [2, 5, 1, 7]);
        yield return Example.Of("parameter", where, [2, 7, 11], [2, 7, 11]).With([11]);
    }
}

/// <summary>A number where the mask holds; the scale stays, and the number saturates at it.</summary>
internal sealed class MaskedFill() : Operator("MaskedFill")
{
    public override Seq<Form> Forms => new(new Form(FormKind.Method, "masked_fill"));

    public override Seq<string> Structural => new("value");

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Inputs.Count != 2 || node.Attributes["value"] is not (Value.Real or Value.Integer) || double.IsNaN(node.Real("value", 0)))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "value", node.Attributes.ToString(), "a mask and a number");
        }
    }

    public override Seq<int> MaskOperands(Node node) => new(1);

    public override Seq<ConstantRole> Constants(Node node) => new(ConstantRole.Number(node.Real("value", 0), DType.QInt8), ConstantRole.Rescale(node) with { ScaleOf = 1 });

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.Elementwise(ElementwiseKind.Select, [inputs[1], p.Constant(constants[0]), inputs[0]], constants[1]);

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs) => BatchFirst.Elementwise(node, inputs);

    public override IEnumerable<Example> Examples()
    {
        Node Fill(double value) => new("MaskedFill", "fill", Forms[0], new(0, 1), new() { ["value"] = value });
        yield return Example.Of("maps", Fill(0.5), [2, 5, 3, 7], [2, 5, 3, 7]);
        yield return Example.Of("infinity", Fill(double.NegativeInfinity), [2, 7, 11], [2, 1, 11]);
    }
}
