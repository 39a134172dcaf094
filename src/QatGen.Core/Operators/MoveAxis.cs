using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>An axis goes to another place.</summary>
internal sealed class MoveAxis() : PermutationOperator("MoveAxis", Both("movedim", "moveaxis"))
{
    public override Seq<string> Structural => new("source", "destination");

    public override IEnumerable<Violation> Check(Node node)
    {
        var found = base.Check(node);
        return From(node).Count == 1 && To(node).Count == 1 ? found
            : found.Append(Violation.Of(CaptureRules.Argument, node.Path, Name, "axes", node.Attributes.ToString(), "one axis at a time, or permute"));
    }

    protected override bool MovesBatch(Node node) => From(node).Contains(0) || To(node).Contains(0);

    protected override int[]? Order(Node node, int rank)
    {
        if (From(node) is not [var source] || To(node) is not [var destination] || Counted(source, rank) is not { } from || Counted(destination, rank) is not { } to)
        {
            return null;
        }

        var order = Enumerable.Range(0, rank).ToList();
        order.RemoveAt(from);
        order.Insert(to, from);
        return [.. order];
    }

    private static Seq<int> From(Node node) => Numbers(node, "source");

    private static Seq<int> To(Node node) => Numbers(node, "destination");

    protected override IEnumerable<Movement> Movements(Node node) => [new Movement.MoveAxis(From(node)[0], To(node)[0])];

    public override IEnumerable<Example> Examples()
    {
        static Node Move(int from, int to) => Call("MoveAxis", FormKind.Torch, "movedim", new() { ["source"] = from, ["destination"] = to });
        yield return Example.Of("channels last", Move(1, -1), [2, 5, 7, 3]);
        yield return Example.Of("channels first", Move(3, 1), [2, 5, 7, 3]);
    }
}
