using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>An axis as several.</summary>
internal sealed class Unflatten() : MovementOperator("Unflatten", [.. Both("unflatten"), new(FormKind.Module, "Unflatten")])
{
    protected override Seq<string> Axes => new("dim");

    public override Seq<string> Structural => new("dim", "sizes", "unflattened_size");

    public override bool IsView => true;

    public override IEnumerable<Violation> Check(Node node) => Pieces(node).Count > 0 && Numbers(node, "dim").Count == 1 ? base.Check(node)
        : [Violation.Of(CaptureRules.Argument, node.Path, Name, "sizes", node.Attributes.ToString(), "numbers, of which one may be -1")];

    protected override IEnumerable<Movement> Movements(Node node) => [new Movement.Divide(Numbers(node, "dim")[0], Pieces(node))];

    protected override int? BatchOfResult(Node node, Placed x) => Shifted(x, Numbers(node, "dim").DefaultIfEmpty(0).First(), Pieces(node).Count - 1);

    private static Seq<int> Pieces(Node node) => Numbers(node, "sizes", "unflattened_size");

    public override IEnumerable<Example> Examples()
    {
        static Node Unflatten(int dim, params long[] sizes) => Call("Unflatten", FormKind.Method, "unflatten", new() { ["dim"] = dim, ["sizes"] = sizes });
        yield return Example.Of("channels", Unflatten(1, 2, -1), [2, 10, 7, 3]);
        yield return Example.Of("sequence", Unflatten(-1, 3, 7), [2, 9, 21]);
        yield return Example.Of("ones", Unflatten(2, 1, 3, 1), [2, 4, 3]);
    }
}
