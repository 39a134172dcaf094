using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>Axes in reverse order.</summary>
internal sealed class Flip() : MovementOperator("Flip", Both("flip"))
{
    protected override Seq<string> Axes => new("dims");

    protected override IEnumerable<Movement> Movements(Node node) => [new Movement.Flip(Numbers(node, "dims"))];

    public override string FloatCall(Node node, string module, string[] inputs) =>
        node.Form.Kind == FormKind.Torch ? base.FloatCall(node, module, inputs) : $"{inputs[0]}.flip({node.Attributes["dims"]!.ToCode(i => inputs[i])})";

    public override IEnumerable<Example> Examples()
    {
        static Node Flip(params long[] dims) => Call("Flip", FormKind.Method, "flip", new() { ["dims"] = dims });
        yield return Example.Of("columns", Flip(-1), [2, 5, 7, 3]);
        yield return Example.Of("channels and rows", Flip(1, 2), [2, 19, 4, 3]);
        yield return Example.Of("vector", Flip(1), [3, 20]);
    }
}
