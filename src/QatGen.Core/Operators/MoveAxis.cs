using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>An axis goes to another place.</summary>
internal sealed class MoveAxis() : MovementOperator("MoveAxis", Both("movedim", "moveaxis"))
{
    protected override Seq<string> Axes => new("source", "destination");

    public override bool IsView => true;

    public override IEnumerable<Violation> Check(Node node)
    {
        var found = base.Check(node);
        return Numbers(node, "source").Count == 1 && Numbers(node, "destination").Count == 1 ? found
            : found.Append(Violation.Of(CaptureRules.Argument, node.Path, Name, "axes", node.Attributes.ToString(), "one axis at a time, or permute"));
    }

    protected override IEnumerable<Movement> Movements(Node node) => [new Movement.MoveAxis(Numbers(node, "source")[0], Numbers(node, "destination")[0])];

    public override IEnumerable<Example> Examples()
    {
        static Node Move(int from, int to) => Call("MoveAxis", FormKind.Torch, "movedim", new() { ["source"] = from, ["destination"] = to });
        yield return Example.Of("channels last", Move(1, -1), [2, 5, 7, 3]);
        yield return Example.Of("channels first", Move(3, 1), [2, 5, 7, 3]);
    }
}
