using QatGen.Graphs;

namespace QatGen.Operators;

/// <summary>A node with the shapes of its inputs, for the conformance suite.</summary>
public sealed record Example(string Name, Node Node, Seq<Seq<int>> InputShapes)
{
    public static Example Of(string name, Node node, params int[][] shapes) => new(name, node with { Inputs = Enumerable.Range(0, shapes.Length).ToSeq() }, shapes.Select(static s => new Seq<int>(s)).ToSeq());
}
