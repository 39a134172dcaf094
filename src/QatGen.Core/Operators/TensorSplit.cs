using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>An axis as so many parts whose sizes differ by at most one, or cut at some places.</summary>
internal sealed class TensorSplit() : PartsOperator("TensorSplit", Both("tensor_split"))
{
    public override Seq<string> Structural => new("dim", "size", "sizes", "indices_or_sections");

    public override IEnumerable<Violation> Check(Node node)
    {
        foreach (var found in base.Check(node))
        {
            yield return found;
        }

        if (node.Inputs.Count != 1 || (!IsNumber(node) && Places(node).Count == 0) || (IsNumber(node) && Places(node)[0] < 1))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "sections", node.Attributes.ToString(), "a positive number or a list of places");
        }
    }

    protected override Movement Part(Node node, int axis, int part)
    {
        var places = Places(node);
        return IsNumber(node) ? new Movement.Section(axis, places[0], part, IsEven: true)
            : new Movement.Slice(axis, part == 0 ? 0 : places[part - 1], part == places.Count ? int.MaxValue : places[part]);
    }

    protected override int? Count(Node node, int size) => !IsNumber(node) ? Places(node).Count + 1 : Places(node)[0] is > 0 and var parts ? parts : null;

    private static bool IsNumber(Node node) => (node.Attributes["size"] ?? node.Attributes["indices_or_sections"]) is Value.Integer;

    private static Seq<int> Places(Node node) => Numbers(node, "size", "sizes", "indices_or_sections");

    public override IEnumerable<Example> Examples()
    {
        static Node Split(string argument, Value value, int dim, int item) => PartOf("TensorSplit", "tensor_split", item, new() { [argument] = value, ["dim"] = dim });
        yield return Example.Of("channels", Split("size", 3, 1, 1), [2, 35, 5, 4]);
        yield return Example.Of("places", Split("sizes", new long[] { 2, -2 }, -1, 1), [2, 5, 1, 7]);
        yield return Example.Of("behind the last place", Split("sizes", new long[] { 2, 5 }, 1, 2), [2, 9, 21]);
        yield return Example.Of("5-D", Split("size", 2, 4, 0), [1, 3, 2, 1, 5]);
    }
}
