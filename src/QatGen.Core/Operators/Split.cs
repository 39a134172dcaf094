using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>An axis as parts of a size, of which the last may be smaller, or of several sizes.</summary>
internal sealed class Split() : PartsOperator("Split", Both("split"))
{
    public override Seq<string> Structural => new("dim", "size", "sizes", "split_size_or_sections");

    public override IEnumerable<Violation> Check(Node node)
    {
        foreach (var found in base.Check(node))
        {
            yield return found;
        }

        if (Pieces(node) is var sizes && (sizes.Count == 0 || sizes.Any(static s => s < 1)))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "sizes", node.Attributes.ToString(), "positive sizes");
        }
    }

    protected override Movement Part(Node node, int axis, int part) =>
        node.Attributes["size"] is Value.Integer size ? new Movement.Pieces(axis, (int)size.Number, part) : new Movement.Split(axis, Pieces(node), part);

    protected override int? Count(Node node, int size) => (node.Attributes["size"], Pieces(node)) switch
    {
        (null, var sizes) => sizes.Count,
        (_, [> 0 and var piece]) when size > 0 => (int)((size + (long)piece - 1) / piece),
        _ => null,
    };

    private static Seq<int> Pieces(Node node) => Numbers(node, "size", "sizes", "split_size_or_sections");

    public override IEnumerable<Example> Examples()
    {
        static Node Split(string argument, Value value, int dim, int item) => PartOf("Split", "split", item, new() { [argument] = value, ["dim"] = dim });
        yield return Example.Of("channels", Split("size", 16, 1, 1), [2, 35, 5, 4]);
        yield return Example.Of("last columns", Split("size", 3, -1, -1), [2, 5, 1, 7]);
        yield return Example.Of("sizes", Split("sizes", new long[] { 5, 20, 8 }, 1, 1), [2, 33, 3, 4]);
        yield return Example.Of("sequence", Split("sizes", new long[] { 1, 8 }, 1, 0), [2, 9, 21]);
        yield return Example.Of("5-D", Split("size", 1, 2, 1), [1, 3, 2, 1, 4]);
    }
}
