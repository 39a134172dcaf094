using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>An operator that only moves values, one movement after another; keeps the scale.</summary>
internal abstract class MovementOperator(string name, params Form[] forms) : Operator(name)
{
    public override Seq<Form> Forms => new(forms);

    /// <summary>Arguments that name axes: never that of the batch.</summary>
    protected abstract Seq<string> Axes { get; }

    public override Seq<string> Structural => Axes;

    public override IEnumerable<Violation> Check(Node node)
    {
        foreach (var axis in Axes.Where(a => Numbers(node, a).Contains(0)))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, axis, "0", "an axis other than the batch");
        }
    }

    protected abstract IEnumerable<Movement> Movements(Node node);

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => Movements(node).Aggregate(inputs[0], p.Move);

    /// <summary>The number or numbers of the first of these arguments that is given; empty when none is.</summary>
    internal static Seq<int> Numbers(Node node, params string[] names) => names.Select(n => node.Attributes[n]).FirstOrDefault(static v => v is not null) switch
    {
        Value.Integer i => new((int)i.Number),
        Value.Items items when items.Elements.All(static e => e is Value.Integer) => items.Elements.Select(static e => (int)((Value.Integer)e).Number).ToSeq(),
        _ => Seq<int>.Empty,
    };

    protected static Node Call(string op, FormKind kind, string form, AttributeMap attributes) => new(op, form, new(kind, form), new(0), attributes);

    /// <summary>The form of a method and the function of the same name.</summary>
    protected static Form[] Both(params string[] names) => [.. names.Select(static n => new Form(FormKind.Torch, n)), .. names.Select(static n => new Form(FormKind.Method, n))];
}
