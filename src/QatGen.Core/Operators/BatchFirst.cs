using QatGen.Graphs;

namespace QatGen.Operators;

/// <summary>
/// A call that the source makes on tensors with the batch somewhere, on those of the program, which have it first. The nodes are called one after the other, each on the result of the one before and the first on the
/// call's inputs; none: the result is the first input. <paramref name="Batch"/> is where the source has the batch of the result.
/// </summary>
public sealed record BatchFirst(Seq<Node> Nodes, int Batch)
{
    public BatchFirst(Node node, int batch) : this(new Seq<Node>(node), batch)
    {
    }

    /// <summary>For inputs without batch that must repeat at another place than they do by themselves: which, and how they are moved.</summary>
    public Seq<(int Input, BatchFirst Moved)> Constants { get; init; } = Seq<(int, BatchFirst)>.Empty;

    /// <summary>A call that works alike at each position, so that axes do not matter as long as the inputs agree.</summary>
    public static BatchFirst? Elementwise(Node node, Seq<Placed> inputs)
    {
        var computed = inputs.Where(static i => i.Batch != Placed.NoBatch).ToArray();
        if (computed.Length == 0 && Catalogue.Get(node.Operator).FoldsIntoConstants(node))
        {
            return new(node with { }, Placed.NoBatch);
        }

        if (computed.Length == 0 || computed.Any(i => i.Batch != computed[0].Batch || (i.Batch > 0 && i.Rank != computed[0].Rank)))
        {
            return null;
        }

        var constants = inputs.Select((value, i) => (Value: value, Input: i)).Where(static c => c.Value.Batch == Placed.NoBatch).Select(c => (c.Input, Moved: Aligned(c.Value, computed[0]))).ToArray();
        return constants.Any(static c => c.Moved is null) ? null
            : new(node, computed[0].Batch) { Constants = constants.Where(static c => c.Moved!.Nodes.Count > 0).Select(static c => (c.Input, c.Moved!)).ToSeq() };
    }

    /// <summary>The same for a call whose last axes mean something: the batch is in front of them.</summary>
    public static BatchFirst? InFront(Node node, Seq<Placed> inputs, int lastAxes) =>
        inputs[0].Batch == 0 || inputs[0].Rank - lastAxes > inputs[0].Batch ? Elementwise(node, inputs) : null;

    /// <summary>A constant beside a tensor: where it reaches over the tensor's batch, with which it repeats, it has one element there.</summary>
    private static BatchFirst? Aligned(Placed constant, Placed beside)
    {
        if (beside.Batch == 0)
        {
            return new(Seq<Node>.Empty, Placed.NoBatch);
        }

        if (constant.Rank is not { } rank || beside.Rank is not { } whole || rank > whole)
        {
            return null;
        }

        var axis = beside.Batch - (whole - rank);
        return axis < 0 ? new(Seq<Node>.Empty, Placed.NoBatch)
            : constant.Size(axis) != 1 ? null
            : new(new Node("Select", "", new(FormKind.Method, "select"), new(0), new() { ["dim"] = axis + 1, ["index"] = 0 }), axis);
    }
}
