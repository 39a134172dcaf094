using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>A part of an axis, with steps.</summary>
internal sealed class Slice() : MovementOperator("Slice", new(FormKind.Method, "slice"), new(FormKind.Method, "narrow"), new(FormKind.Torch, "narrow"))
{
    protected override Seq<string> Axes => new("dim");

    public override Seq<string> Structural => new("dim", "start", "finish", "step", "length");

    public override bool IsView => true;

    protected override IEnumerable<Movement> Movements(Node node)
    {
        var (axis, start) = ((int)node.Integer("dim", 1), node.Integer("start", 0));
        var end = node.Attributes["length"] is Value.Integer length ? End(start, length.Number) : node.Integer("finish", int.MaxValue);
        return [new Movement.Slice(axis, Cut(start), Cut(end), Cut(node.Integer("step", 1)))];
    }

    /// <summary>Where so many elements end: 0 counted from the end is the end itself.</summary>
    private static long End(long start, long length) => start < 0 && start + length >= 0 ? int.MaxValue : start + length;

    private static int Cut(long number) => (int)Math.Max(int.MinValue + 1L, Math.Min(int.MaxValue, number));

    public override IEnumerable<Example> Examples()
    {
        static Node Slice(int dim, int start, int finish, int step) =>
            Call("Slice", FormKind.Method, "slice", new() { ["dim"] = dim, ["start"] = start, ["finish"] = finish, ["step"] = step });
        yield return Example.Of("channels", Slice(1, 3, 20, 1), [2, 33, 5, 4]);
        yield return Example.Of("every other channel", Slice(1, 1, int.MaxValue, 2), [2, 33, 5, 4]);
        yield return Example.Of("rows", Slice(2, 1, -1, 1), [2, 5, 7, 4]);
        yield return Example.Of("every third column", Slice(3, 0, 100, 3), [2, 17, 3, 11]);
        yield return Example.Of("vector", Slice(1, -7, int.MaxValue, 1), [3, 20]);
        yield return Example.Of("narrow", Call("Slice", FormKind.Torch, "narrow", new() { ["dim"] = -1, ["start"] = -3, ["length"] = 3 }), [2, 3, 5, 8]);
    }
}
