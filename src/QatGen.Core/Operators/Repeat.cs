using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>Axes again and again, one after another; never the batch.</summary>
internal sealed class Repeat() : MovementOperator("Repeat", new(FormKind.Method, "repeat"), new(FormKind.Method, "tile"), new(FormKind.Torch, "tile"))
{
    protected override Seq<string> Axes => Seq<string>.Empty;

    public override Seq<string> Structural => new("sizes", "reps", "dims");

    public override Seq<string> TakesSizes => Structural;

    public override IEnumerable<Violation> Check(Node node)
    {
        if (Counts(node) is var counts && (counts.Count == 0 || counts.Any(static c => c < 1)))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "counts", node.Attributes.ToString(), "positive numbers");
        }
    }

    protected override IEnumerable<Movement> Movements(Node node) => [new Movement.Repeat(Counts(node))];

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs)
    {
        var counts = node.Attributes["sizes"] ?? node.Attributes["reps"] ?? node.Attributes["dims"];
        var whole = counts is Value.Items items && items.Elements.All(static e => e is Value.Integer { Number: > 0 } or Value.InputSize { Axis: 0 }) ? items.Elements.Select(static e => e is Value.Integer i ? (int)i.Number : 0).ToArray() : [];
        return OverBatch(node, inputs[0], whole, static batch => batch == 1, static numbers => new("Repeat", "", new(FormKind.Method, "repeat"), new(0), new() { ["sizes"] = numbers.Select(static n => n < 0 ? 1 : n).ToArray() }));
    }

    private static Seq<int> Counts(Node node) => Numbers(node, "sizes", "reps", "dims");

    public override string FloatCall(Node node, string module, string[] inputs) =>
        $"{inputs[0]}.{node.Form.Name}({(node.Attributes["sizes"] ?? node.Attributes["reps"] ?? node.Attributes["dims"])!.ToCode(i => inputs[i])})";

    public override IEnumerable<Example> Examples()
    {
        static Node Repeat(string form, string argument, params long[] counts) => Call("Repeat", FormKind.Method, form, new() { [argument] = counts });
        yield return Example.Of("maps", Repeat("repeat", "sizes", 1, 2, 1, 3), [2, 5, 4, 3]);
        yield return Example.Of("channels", Repeat("repeat", "sizes", 1, 7, 1, 1), [2, 5, 1, 3]);
        yield return Example.Of("sequence", Repeat("repeat", "sizes", 1, 3, 2), [2, 9, 7]);
        yield return Example.Of("last axes", Repeat("tile", "reps", 2, 3), [2, 3, 2, 1, 4]);
    }
}
