using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>An axis of one element taken away; one of another size stays.</summary>
internal sealed class Squeeze() : MovementOperator("Squeeze", Both("squeeze"))
{
    protected override Seq<string> Axes => new("dim");

    public override bool IsView => true;

    public override IEnumerable<Violation> Check(Node node) => Numbers(node, "dim").Count == 1 ? base.Check(node)
        : [Violation.Of(CaptureRules.Argument, node.Path, Name, "dim", node.Attributes.ToString(), "one axis: all axes are also the batch")];

    protected override IEnumerable<Movement> Movements(Node node) => [new Movement.Squeeze(Numbers(node, "dim")[0])];

    /// <summary>Whether the axis goes must be known where that moves the batch.</summary>
    protected override int? BatchOfResult(Node node, Placed x) => Numbers(node, "dim") is not [var axis] ? null
        : x.Batch > 0 && x.Counted(axis) < x.Batch ? x.Size(x.Counted(axis)!.Value) is { } size ? Shifted(x, axis, size == 1 ? -1 : 0) : null
        : x.Batch;

    public override IEnumerable<Example> Examples()
    {
        static Node Squeeze(int dim) => Call("Squeeze", FormKind.Method, "squeeze", new() { ["dim"] = dim });
        yield return Example.Of("rows", Squeeze(2), [2, 5, 1, 4]);
        yield return Example.Of("columns", Squeeze(-1), [2, 5, 3, 1]);
        yield return Example.Of("not one", Squeeze(1), [2, 5, 3]);
        yield return Example.Of("5-D", Squeeze(1), [2, 1, 3, 4, 2]);
    }
}

/// <summary>An axis of one element put in.</summary>
internal sealed class Unsqueeze() : MovementOperator("Unsqueeze", Both("unsqueeze"))
{
    protected override Seq<string> Axes => new("dim");

    public override bool IsView => true;

    protected override IEnumerable<Movement> Movements(Node node) => [new Movement.Unsqueeze(Numbers(node, "dim")[0])];

    /// <summary>The axis is one of the result, in front of the batch also where it takes its place.</summary>
    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs)
    {
        var x = inputs[0];
        if (Numbers(node, "dim") is not [var axis] || (axis < 0 ? axis + x.Rank + 1 : axis) is not { } place)
        {
            return null;
        }

        var isInFront = place <= x.Batch;
        return new(node with { Attributes = new() { ["dim"] = isInFront || x.Batch == Placed.NoBatch ? place + 1 : place } }, isInFront ? x.Batch + 1 : x.Batch);
    }

    public override IEnumerable<Example> Examples()
    {
        static Node Unsqueeze(int dim) => Call("Unsqueeze", FormKind.Method, "unsqueeze", new() { ["dim"] = dim });
        yield return Example.Of("vector", Unsqueeze(-1), [2, 20]);
        yield return Example.Of("channels", Unsqueeze(1), [2, 5, 7]);
        yield return Example.Of("inside", Unsqueeze(-2), [2, 5, 3, 1]);
        yield return Example.Of("5-D", Unsqueeze(3), [2, 3, 2, 1, 4]);
    }
}
