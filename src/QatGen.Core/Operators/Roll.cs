using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>Axes turned: what leaves at the end comes in at the start.</summary>
internal sealed class Roll() : MovementOperator("Roll", Both("roll"))
{
    protected override Seq<string> Axes => new("dims");

    public override Seq<string> Structural => new("shifts", "dims");

    public override IEnumerable<Violation> Check(Node node) => Numbers(node, "dims").Count > 0 && Numbers(node, "dims").Count == Numbers(node, "shifts").Count ? base.Check(node)
        : [Violation.Of(CaptureRules.Argument, node.Path, Name, "dims", node.Attributes.ToString(), "an axis for each shift")];

    protected override IEnumerable<Movement> Movements(Node node) => Numbers(node, "dims").Zip(Numbers(node, "shifts"), static (d, s) => new Movement.Roll(d, s));

    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("columns", Call("Roll", FormKind.Method, "roll", new() { ["shifts"] = 3, ["dims"] = -1 }), [2, 5, 4, 7]);
        yield return Example.Of("windows", Call("Roll", FormKind.Torch, "roll", new() { ["shifts"] = new long[] { -2, -3 }, ["dims"] = new long[] { 1, 2 } }), [2, 5, 7, 9]);
        yield return Example.Of("sequence", Call("Roll", FormKind.Method, "roll", new() { ["shifts"] = 12, ["dims"] = 1 }), [2, 9, 7]);
        yield return Example.Of("5-D", Call("Roll", FormKind.Method, "roll", new() { ["shifts"] = 1, ["dims"] = 2 }), [2, 3, 2, 1, 4]);
    }
}
