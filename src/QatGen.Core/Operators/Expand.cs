using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>Axes of one element made as long as said; the rank stays.</summary>
internal sealed class Expand() : MovementOperator("Expand", new(FormKind.Method, "expand"), new(FormKind.Method, "broadcast_to"), new(FormKind.Torch, "broadcast_to"))
{
    protected override Seq<string> Axes => Seq<string>.Empty;

    public override Seq<string> Structural => new("sizes", "shape");

    public override Seq<string> TakesSizes => Structural;

    public override bool IsView => true;

    public override IEnumerable<Violation> Check(Node node)
    {
        if (Sizes(node) is not [<= 0, ..])
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "sizes", node.Attributes.ToString(), "x.shape[0] or -1 first, then sizes");
        }
    }

    protected override IEnumerable<Movement> Movements(Node node) => [new Movement.Expand(Sizes(node).ToSeq())];

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs) =>
        OverBatch(node, inputs[0], Sizes(node), static batch => batch <= 0, static sizes => new("Expand", "", new(FormKind.Method, "expand"), new(0), new() { ["sizes"] = sizes }));

    /// <summary>The sizes with 0 for the batch; empty while one is not known.</summary>
    private static new int[] Sizes(Node node)
    {
        var elements = (node.Attributes["sizes"] ?? node.Attributes["shape"]) is Value.Items items ? items.Elements : Seq<Value>.Empty;
        return elements.All(static e => e is Value.Integer or Value.InputSize { Axis: 0 }) ? [.. elements.Select(static e => e is Value.Integer i ? (int)i.Number : 0)] : [];
    }

    public override string FloatCall(Node node, string module, string[] inputs) => $"{inputs[0]}.{node.Form.Name}({(node.Attributes["sizes"] ?? node.Attributes["shape"])!.ToCode(i => inputs[i])})";

    public override IEnumerable<Example> Examples()
    {
        static Node Expand(params long[] sizes) => Call("Expand", FormKind.Method, "expand", new() { ["sizes"] = sizes });
        yield return Example.Of("rows", Expand(-1, -1, 3, -1), [2, 5, 1, 4]);
        yield return Example.Of("channels", Expand(-1, 33, 2, 4), [2, 1, 2, 4]);
        yield return Example.Of("pixel", Expand(-1, 5, 3, 4), [2, 5, 1, 1]);
        yield return Example.Of("sequence", Expand(-1, 7, -1), [2, 1, 21]);
        yield return Example.Of("5-D", Expand(-1, -1, 2, 3, 1), [2, 3, 2, 1, 1]);
    }
}
