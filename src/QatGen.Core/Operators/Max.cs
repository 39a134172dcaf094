using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>The larger or smaller of two tensors at a scale of its own; or the extreme values along one axis at their own scale, and their positions as <see cref="PositionOperator"/> gives them.</summary>
internal abstract class ExtremeValues(string name, string function, ReduceKind reduce, ElementwiseKind choose) : ReductionOperator(name, function, reduce)
{
    public override bool ReturnsTuple => true;

    public override bool OwnsScaleIn(Node node) => node.Inputs.Count == 2;

    public override Seq<MarchNote> MarchNotes => new(PositionOperator.OutputOnly);

    public override IEnumerable<Violation> Check(Node node) => node.Inputs.Count == 2 ? [] : base.Check(node);

    public override Seq<ConstantRole> Constants(Node node) => node.Inputs.Count == 2 ? new(ConstantRole.Rescale(node)) : Seq<ConstantRole>.Empty;

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => inputs.Length == 2 ? p.Elementwise(choose, inputs, constants[0])
        : node.Integer(Item, 0) == 0 ? base.Lower(p, node, inputs, constants)
        : PositionOperator.Position(p, node, inputs[0], reduce == ReduceKind.Minimum);

    public override IEnumerable<Example> Examples()
    {
        Node Along(int axis, bool keepsAxis, int item = 0) => new(Name, "values", Forms[0], new(0), new() { ["dim"] = axis, ["keepdim"] = keepsAxis, [Item] = item });
        yield return Example.Of("two tensors", new(Name, "values", Forms[0], new(0, 1), new()), [2, 5, 3, 7], [2, 5, 1, 7]);
        yield return Example.Of("channels", Along(1, true), [2, 5, 3, 7]);
        yield return Example.Of("columns gone", Along(-1, false), [2, 17, 3, 7]);
        yield return Example.Of("tokens gone", Along(1, false), [1, 9, 21]);
        yield return Example.Of("position of channels", Along(1, true, item: 1), [2, 5, 3, 7]);
        yield return Example.Of("position of columns gone", Along(-1, false, item: 1), [2, 17, 3, 7]);
    }
}

/// <summary>max of two tensors or along an axis.</summary>
internal sealed class Max() : ExtremeValues("Max", "max", ReduceKind.Maximum, ElementwiseKind.Maximum);

/// <summary>min of two tensors or along an axis.</summary>
internal sealed class Min() : ExtremeValues("Min", "min", ReduceKind.Minimum, ElementwiseKind.Minimum);
