using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>An axis as so many parts: all of one size but the last, and fewer where that leaves none.</summary>
internal sealed class Chunk() : PartsOperator("Chunk", Both("chunk"))
{
    public override Seq<string> Structural => new("dim", "chunks");

    protected override Movement Part(Node node, int axis, int part) => new Movement.Section(axis, Parts(node), part, IsEven: false);

    protected override int? Count(Node node, int size)
    {
        var parts = Parts(node);
        return parts < 1 ? null : size < 1 ? parts : (size + ((size + parts - 1) / parts) - 1) / ((size + parts - 1) / parts);
    }

    private static int Parts(Node node) => (int)node.Integer("chunks", 0);

    public override IEnumerable<Example> Examples()
    {
        static Node Chunk(int chunks, int dim, int item) => PartOf("Chunk", "chunk", item, new() { ["chunks"] = chunks, ["dim"] = dim });
        yield return Example.Of("channels", Chunk(2, 1, 1), [2, 34, 5, 4]);
        yield return Example.Of("last of rows", Chunk(3, -2, 2), [2, 5, 7, 4]);
        yield return Example.Of("sequence", Chunk(3, 2, 0), [2, 9, 21]);
        yield return Example.Of("5-D", Chunk(2, 1, 0), [1, 3, 2, 1, 4]);
    }
}
