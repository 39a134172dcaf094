using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>Each element of an axis so many times.</summary>
internal sealed class RepeatInterleave() : MovementOperator("RepeatInterleave", Both("repeat_interleave"))
{
    protected override Seq<string> Axes => new("dim");

    public override Seq<string> Structural => new("dim", "repeats");

    public override IEnumerable<Violation> Check(Node node)
    {
        var found = base.Check(node);
        return Numbers(node, "dim").Count == 1 && node.Integer("repeats", 0) > 0 ? found
            : found.Append(Violation.Of(CaptureRules.Argument, node.Path, Name, "arguments", node.Attributes.ToString(), "a positive number of repeats and an axis"));
    }

    protected override IEnumerable<Movement> Movements(Node node) => [new Movement.RepeatInterleave(Numbers(node, "dim")[0], (int)node.Integer("repeats", 1))];

    public override IEnumerable<Example> Examples()
    {
        static Node Repeat(int dim, int repeats) => Call("RepeatInterleave", FormKind.Torch, "repeat_interleave", new() { ["dim"] = dim, ["repeats"] = repeats });
        yield return Example.Of("columns", Repeat(-1, 2), [2, 5, 4, 3]);
        yield return Example.Of("channels", Repeat(1, 3), [2, 7, 4, 3]);
    }
}
