using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>An axis cut into several results.</summary>
internal abstract class PartsOperator(string name, params Form[] forms) : MovementOperator(name, forms)
{
    protected override Seq<string> Axes => new("dim");

    public override bool IsView => true;

    public override IEnumerable<Violation> Check(Node node)
    {
        if (Axis(node) == 0)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "dim", "0", "an axis other than the batch");
        }
    }

    protected abstract Movement Part(Node node, int axis, int part);

    /// <summary>The number of parts of an axis of a size, which is -1 where it is unknown; null for an unknown number.</summary>
    protected abstract int? Count(Node node, int size);

    public override int? CountResults(Node node, Seq<int>? shape)
    {
        var axis = Axis(node) < 0 && shape is { } known ? Axis(node) + known.Count : Axis(node);
        return Count(node, shape is { } sizes && axis >= 0 && axis < sizes.Count ? sizes[axis] : Fact.UnknownDimension);
    }

    protected override IEnumerable<Movement> Movements(Node node) => [Part(node, Axis(node), (int)node.Integer(Item, 0))];

    private int Axis(Node node) => Numbers(node, [.. Axes]) is [var axis] ? axis : 0;

    /// <summary>One of the results of a method, with its other arguments.</summary>
    protected static Node PartOf(string op, string form, int item, AttributeMap arguments) => Call(op, FormKind.Method, form, new(arguments.Append(new(Item, item))));
}
