using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>Each element of an axis as a result without that axis.</summary>
internal sealed class Unbind() : PartsOperator("Unbind", Both("unbind"))
{
    protected override Seq<string> Axes => new("dim", "dimension");

    protected override int? BatchOfResult(Node node, Placed x) => Shifted(x, Numbers(node, "dim", "dimension").DefaultIfEmpty(0).First(), -1);

    protected override Movement Part(Node node, int axis, int part) => new Movement.Select(axis, part);

    protected override int? Count(Node node, int size) => size < 1 ? null : size;

    public override IEnumerable<Example> Examples()
    {
        static Node Unbind(int dim, int item) => PartOf("Unbind", "unbind", item, new() { ["dimension"] = dim });
        yield return Example.Of("channel", Unbind(1, 2), [2, 5, 7, 4]);
        yield return Example.Of("last column", Unbind(-1, -1), [2, 5, 7, 4]);
        yield return Example.Of("sequence", Unbind(2, 0), [2, 9, 21]);
        yield return Example.Of("5-D", Unbind(2, 1), [2, 9, 3, 2, 1]);
    }
}
