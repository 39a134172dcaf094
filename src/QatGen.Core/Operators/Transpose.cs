using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>Two axes change places.</summary>
internal sealed class Transpose() : PermutationOperator("Transpose", [.. Both("transpose", "swapaxes", "swapdims"), new(FormKind.Property, "mT"), new(FormKind.Method, "adjoint"), new(FormKind.Torch, "adjoint")])
{
    public override Seq<string> Structural => new("dim0", "dim1", "axis0", "axis1");

    protected override bool MovesBatch(Node node) => First(node) == 0 || Second(node) == 0;

    /// <summary>Of the first two axes the number of the others does not matter.</summary>
    protected override int? Rank(Node node) => (First(node), Second(node)) is (0, 1) or (1, 0) ? 2 : null;

    protected override int[]? Order(Node node, int rank)
    {
        var order = Enumerable.Range(0, rank).ToArray();
        if (Counted(First(node), rank) is not { } first || Counted(Second(node), rank) is not { } second)
        {
            return null;
        }

        (order[first], order[second]) = (second, first);
        return order;
    }

    protected override IEnumerable<Movement> Movements(Node node) => [new Movement.Transpose(First(node), Second(node))];

    private static int First(Node node) => Numbers(node, "dim0", "axis0").DefaultIfEmpty(-2).First();

    private static int Second(Node node) => Numbers(node, "dim1", "axis1").DefaultIfEmpty(-1).First();

    public override IEnumerable<Example> Examples()
    {
        static Node Transpose(int first, int second) => Call("Transpose", FormKind.Method, "transpose", new() { ["dim0"] = first, ["dim1"] = second });
        yield return Example.Of("channels and rows", Transpose(1, 2), [2, 5, 7, 3]);
        yield return Example.Of("channels and columns", Transpose(1, -1), [2, 5, 7, 3]);
        yield return Example.Of("rows and columns", Transpose(-2, -1), [2, 17, 7, 3]);
        yield return Example.Of("sequence", Transpose(1, 2), [2, 33, 10]);
        yield return Example.Of("5-D", Transpose(2, 4), [2, 3, 2, 5, 4]);
        yield return Example.Of("6-D", Transpose(1, 3), [2, 3, 2, 5, 4, 2]);
        yield return Example.Of("property", Call("Transpose", FormKind.Property, "mT", new()), [1, 3, 9]);
    }
}
