using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>One element of an axis; the axis is gone.</summary>
internal sealed class Select() : MovementOperator("Select", Both("select"))
{
    protected override Seq<string> Axes => new("dim");

    public override Seq<string> Structural => new("dim", "index");

    public override bool IsView => true;

    protected override IEnumerable<Movement> Movements(Node node) => [new Movement.Select((int)node.Integer("dim", 1), (int)node.Integer("index", 0))];

    protected override int? BatchOfResult(Node node, Placed x) => Shifted(x, (int)node.Integer("dim", 1), -1);

    public override IEnumerable<Example> Examples()
    {
        static Node Select(int dim, int index) => Call("Select", FormKind.Method, "select", new() { ["dim"] = dim, ["index"] = index });
        yield return Example.Of("channel", Select(1, 3), [2, 5, 7, 4]);
        yield return Example.Of("last column", Select(-1, -1), [2, 5, 7, 4]);
        yield return Example.Of("row of a sequence", Select(1, 0), [2, 9, 21]);
    }
}
