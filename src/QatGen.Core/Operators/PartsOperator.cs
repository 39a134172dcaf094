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

        if (Wrong(node) is var (argument, wanted))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, argument, node.Attributes.ToString(), wanted);
        }
    }

    /// <summary>The argument that gives no parts, and what it has to be; null where there is none such.</summary>
    protected virtual (string Argument, string Wanted)? Wrong(Node node) => null;

    /// <summary>The sizes, places or their number, under whichever name the overload has for them: one where <see cref="IsNumber"/>.</summary>
    protected static Seq<int> Given(Node node) => Numbers(node, "size", "sizes", "split_size_or_sections", "indices_or_sections");

    protected static bool IsNumber(Node node) => (node.Attributes["size"] ?? node.Attributes["split_size_or_sections"] ?? node.Attributes["indices_or_sections"]) is Value.Integer;

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
