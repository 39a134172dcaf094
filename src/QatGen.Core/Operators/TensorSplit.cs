using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>An axis as so many parts whose sizes differ by at most one, or cut at some places.</summary>
internal sealed class TensorSplit() : PartsOperator("TensorSplit", Both("tensor_split"))
{
    public override Seq<string> Structural => new("dim", "size", "sizes", "indices_or_sections");

    protected override (string Argument, string Wanted)? Wrong(Node node) =>
        node.Inputs.Count != 1 || Given(node).Count == 0 || (IsNumber(node) && Given(node)[0] < 1) ? ("sections", "a positive number or a list of places") : null;

    protected override Movement Part(Node node, int axis, int part)
    {
        var places = Given(node);
        return IsNumber(node) ? new Movement.Section(axis, places[0], part, IsEven: true)
            : new Movement.Slice(axis, part == 0 ? 0 : places[part - 1], part == places.Count ? int.MaxValue : places[part]);
    }

    protected override int? Count(Node node, int size) => !IsNumber(node) ? Given(node).Count + 1 : Given(node)[0] is > 0 and var parts ? parts : null;

    public override IEnumerable<Example> Examples()
    {
        static Node Split(string argument, Value value, int dim, int item) => PartOf("TensorSplit", "tensor_split", item, new() { [argument] = value, ["dim"] = dim });
        yield return Example.Of("channels", Split("size", 3, 1, 1), [2, 35, 5, 4]);
        yield return Example.Of("places", Split("sizes", new long[] { 2, -2 }, -1, 1), [2, 5, 1, 7]);
        yield return Example.Of("behind the last place", Split("sizes", new long[] { 2, 5 }, 1, 2), [2, 9, 21]);
        yield return Example.Of("5-D", Split("size", 2, 4, 0), [1, 3, 2, 1, 5]);
    }
}
