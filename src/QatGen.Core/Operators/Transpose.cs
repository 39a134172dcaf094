using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>Two axes change places.</summary>
internal sealed class Transpose() : MovementOperator("Transpose", [.. Both("transpose", "swapaxes", "swapdims"), new(FormKind.Property, "mT"), new(FormKind.Method, "adjoint"), new(FormKind.Torch, "adjoint")])
{
    protected override Seq<string> Axes => new("dim0", "dim1", "axis0", "axis1");

    public override bool IsView => true;

    protected override IEnumerable<Movement> Movements(Node node) =>
        [new Movement.Transpose(Numbers(node, "dim0", "axis0").DefaultIfEmpty(-2).First(), Numbers(node, "dim1", "axis1").DefaultIfEmpty(-1).First())];

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
