using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>Elements of an axis in order and their positions: an int32 index of scale 1, int64 in the model as in PyTorch. Values keep the scale; of equal ones the lower position comes first, where PyTorch leaves that open.</summary>
internal abstract class OrderOperator(string name, string function) : Operator(name)
{
    public override Seq<Form> Forms => new(new(FormKind.Torch, function), new(FormKind.Method, function));

    public override bool ReturnsTuple => true;

    public override IEnumerable<Violation> Check(Node node) => PositionOperator.CheckAxis(this, node);

    protected abstract Ranking Ranking(Node node);

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants)
    {
        var ranking = Ranking(node);
        var positions = p.TopK(inputs[0], ranking);
        return ReturnsTuple && node.Integer(Item, 0) == 0 ? p.Gather(inputs[0], positions, new(ranking.Axis)) : positions;
    }

    protected static int Axis(Node node) => (int)node.Integer("dim", -1);

    /// <summary>A call of the method, of which the result <paramref name="item"/> is read where it has several.</summary>
    protected Node Call(int item, AttributeMap arguments) =>
        new(Name, "order", new(FormKind.Method, function), new(0), ReturnsTuple ? new(arguments.Append(new(Item, item))) : arguments);
}

/// <summary>The k largest or smallest, in order.</summary>
internal sealed class TopK() : OrderOperator("TopK", "topk")
{
    public override Seq<string> Structural => new("k", "dim", "largest", "sorted");

    public override IEnumerable<Violation> Check(Node node) => node.Integer("k", 0) > 0 ? base.Check(node)
        : [Violation.Of(CaptureRules.Argument, node.Path, Name, "k", node.Attributes.ToString(), "a positive number")];

    protected override Ranking Ranking(Node node) => new(Axis(node), (int)node.Integer("k", 1), !node.Flag("largest", true));

    public override IEnumerable<Example> Examples()
    {
        Node Of(int k, int axis, int item, bool largest = true) => Call(item, new() { ["k"] = k, ["dim"] = axis, ["largest"] = largest });
        yield return Example.Of("channels", Of(3, 1, 0), [2, 19, 3, 7]);
        yield return Example.Of("positions of channels", Of(3, 1, 1), [2, 19, 3, 7]);
        yield return Example.Of("smallest columns", Of(2, -1, 0, largest: false), [2, 5, 3, 7]);
        yield return Example.Of("rows", Of(4, 2, 0), [1, 33, 5, 4]);
        yield return Example.Of("all of a vector", Of(17, -1, 1), [3, 17]);
        yield return Example.Of("scores", Of(5, 1, 0), [2, 37]);
        yield return Example.Of("one pixel", Of(1, 1, 1), [1, 1, 1, 1]);
        yield return Example.Of("tokens", Of(4, 1, 1), [2, 9, 21]);
        yield return Example.Of("5-D", Of(2, 3, 0), [2, 3, 2, 5, 3]);
    }
}

/// <summary>All elements of an axis in order.</summary>
internal sealed class Sort() : OrderOperator("Sort", "sort")
{
    public override Seq<string> Structural => new("dim", "descending", "stable");

    protected override Ranking Ranking(Node node) => Ranked(node);

    public static Ranking Ranked(Node node) => new(Axis(node), 0, !node.Flag("descending", false));

    public override IEnumerable<Example> Examples()
    {
        Node Along(int axis, int item, bool descending) => Call(item, new() { ["dim"] = axis, ["descending"] = descending, ["stable"] = true });
        yield return Example.Of("columns", Along(-1, 0, false), [2, 5, 3, 13]);
        yield return Example.Of("channels", Along(1, 1, true), [2, 17, 3, 2]);
        yield return Example.Of("vector", Along(1, 0, true), [3, 31]);
    }
}

/// <summary>The positions of all elements of an axis in order.</summary>
internal sealed class ArgSort() : OrderOperator("ArgSort", "argsort")
{
    public override bool ReturnsTuple => false;

    public override Seq<string> Structural => new("dim", "descending");

    protected override Ranking Ranking(Node node) => Sort.Ranked(node);

    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("columns", Call(0, new() { ["dim"] = -1, ["descending"] = false }), [2, 5, 3, 7]);
        yield return Example.Of("channels", Call(0, new() { ["dim"] = 1, ["descending"] = true }), [2, 19, 3]);
    }
}
