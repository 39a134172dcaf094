using QatGen.Graphs;

namespace QatGen.Operators;

/// <summary>Axes in another order; where that moves the batch, the program moves the others only.</summary>
internal abstract class PermutationOperator(string name, params Form[] forms) : MovementOperator(name, forms)
{
    protected override Seq<string> Axes => Seq<string>.Empty;

    public override bool IsView => true;

    public override IEnumerable<Violation> Check(Node node)
    {
        if (MovesBatch(node))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "axes", node.Attributes.ToString(), "axes that leave the batch first, or an [InputShape(...)] with which it can be said where the batch is");
        }
    }

    /// <summary>Whether a call on a tensor whose batch is first, of whatever rank, takes it elsewhere.</summary>
    protected abstract bool MovesBatch(Node node);

    /// <summary>For each axis of the result that of a source of so many axes; null where it has not the axes that are named.</summary>
    protected abstract int[]? Order(Node node, int rank);

    /// <summary>The number of axes of a source where the call itself tells it.</summary>
    protected virtual int? Rank(Node node) => null;

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs)
    {
        var x = inputs[0];
        if ((x.Rank ?? Rank(node)) is not { } rank || x.Batch >= rank || Order(node, rank) is not { } order || (x.Batch == 0 && order[0] == 0))
        {
            return null;
        }

        // The batch, or the axis in front of a tensor without one, stays first.
        var own = order.Where(a => a != x.Batch).Select(a => (long)(a < x.Batch || x.Batch == Placed.NoBatch ? a + 1 : a)).Prepend(0).ToArray();
        var permuted = new Node("Permute", node.Path, new(FormKind.Method, "permute"), node.Inputs, new() { ["permutation"] = own });
        return new(own.SequenceEqual(Enumerable.Range(0, own.Length).Select(static a => (long)a)) ? Seq<Node>.Empty : new(permuted), Array.IndexOf(order, x.Batch));
    }

    protected static int? Counted(int axis, int rank) => (axis < 0 ? axis + rank : axis) is >= 0 and var counted && counted < rank ? counted : null;
}
