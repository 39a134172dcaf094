using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>An axis as parts of a size, of which the last may be smaller, or of several sizes.</summary>
internal sealed class Split() : PartsOperator("Split", Both("split"))
{
    public override Seq<string> Structural => new("dim", "size", "sizes", "split_size_or_sections");

    protected override (string Argument, string Wanted)? Wrong(Node node) => Given(node) is var sizes && (sizes.Count == 0 || sizes.Any(static s => s < 1)) ? ("sizes", "positive sizes") : null;

    protected override Movement Part(Node node, int axis, int part) => IsNumber(node) ? new Movement.Pieces(axis, Given(node)[0], part) : new Movement.Split(axis, Given(node), part);

    protected override int? Count(Node node, int size) => (IsNumber(node), Given(node)) switch
    {
        (false, var sizes) => sizes.Count,
        (_, [> 0 and var piece]) when size > 0 => (int)((size + (long)piece - 1) / piece),
        _ => null,
    };

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
