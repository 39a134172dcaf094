using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>Axes in another order.</summary>
internal sealed class Permute() : PermutationOperator("Permute", Both("permute"))
{
    public override Seq<string> Structural => new("permutation");

    protected override bool MovesBatch(Node node) => Numbers(node, "permutation") is not { Count: > 1 } axes || axes[0] != 0;

    protected override int? Rank(Node node) => Numbers(node, "permutation").Count;

    protected override int[]? Order(Node node, int rank)
    {
        var axes = Numbers(node, "permutation").Select(a => Counted(a, rank)).ToArray();
        return axes.Length == rank && axes.OfType<int>().Distinct().Count() == rank ? [.. axes.OfType<int>()] : null;
    }

    protected override IEnumerable<Movement> Movements(Node node) => [new Movement.Permute(Numbers(node, "permutation"))];

    public override string FloatCall(Node node, string module, string[] inputs) =>
        node.Form.Kind == FormKind.Torch ? base.FloatCall(node, module, inputs) : $"{inputs[0]}.permute({node.Attributes["permutation"]!.ToCode(i => inputs[i])})";

    public override IEnumerable<Example> Examples()
    {
        static Node Permute(params long[] axes) => Call("Permute", FormKind.Method, "permute", new() { ["permutation"] = axes });
        yield return Example.Of("channels last", Permute(0, 2, 3, 1), [2, 5, 7, 3]);
        yield return Example.Of("channels first", Permute(0, 3, 1, 2), [2, 5, 7, 3]);
        yield return Example.Of("from the end", Permute(0, -1, -2), [2, 40, 9]);
        yield return Example.Of("6-D", Permute(0, 1, 3, 5, 2, 4), [1, 3, 2, 2, 3, 4]);
    }
}
