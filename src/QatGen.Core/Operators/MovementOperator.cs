using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>An operator that only moves values, one movement after another; keeps the scale.</summary>
public abstract class MovementOperator(string name, params Form[] forms) : Operator(name)
{
    public override Seq<Form> Forms => new(forms);

    public override bool OnlyMoves => true;

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

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs) =>
        Axes.Count > 0 && inputs[0].Renumbered(node.Attributes, Axes) is { } arguments && BatchOfResult(node, inputs[0]) is { } batch ? new(node with { Attributes = arguments }, batch) : null;

    /// <summary>Where the source has the batch of the result.</summary>
    protected virtual int? BatchOfResult(Node node, Placed x) => x.Batch;

    /// <summary>The batch of a result that has so many axes more, or less, in front of an axis or in its place.</summary>
    protected static int? Shifted(Placed x, int axis, int more) => x.Batch <= 0 ? x.Batch : x.Counted(axis) is not { } counted ? null : counted < x.Batch ? x.Batch + more : x.Batch;

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => Movements(node).Aggregate(inputs[0], p.Move);

    /// <summary>
    /// A call with a number for each axis of the result, in which 0 stands for the batch: that of a tensor with a batch must keep it (<paramref name="keeps"/>), and one without may repeat over it where it has one element.
    /// <paramref name="call"/> makes the call for the numbers of the program, where -1 keeps.
    /// </summary>
    protected static BatchFirst? OverBatch(Node node, Placed x, int[] numbers, Func<int, bool> keeps, Func<long[], Node> call)
    {
        if (x.Batch == 0 || x.Rank is not { } rank || numbers.Length < rank || (x.Batch > 0 && (numbers.Length > rank || !keeps(numbers[x.Batch]))))
        {
            return null;
        }

        var (more, places) = (numbers.Length - rank, numbers.Select((n, i) => (n, i)).Where(p => p.n == 0 && p.i != x.Batch).Select(static p => p.i).ToArray());
        if (places.Length > (x.Batch > 0 ? 0 : 1) || (places is [var over] && over >= more && x.Size(over - more) is not 1))
        {
            return null;
        }

        var batch = x.Batch > 0 ? x.Batch : places.Length == 0 ? Placed.NoBatch : places[0];
        var nodes = Enumerable.Repeat(new Node("Unsqueeze", node.Path, new(FormKind.Method, "unsqueeze"), new(0), new() { ["dim"] = 1 }), more).ToList();
        if (places.Length > 0)
        {
            nodes.Add(new("Select", node.Path, new(FormKind.Method, "select"), new(0), new() { ["dim"] = places[0] + 1, ["index"] = 0 }));
        }

        nodes.Add(call([.. numbers.Where((_, i) => i != batch).Select(static n => (long)n).Prepend(-1)]) with { Path = node.Path, Inputs = node.Inputs });
        return new(nodes.ToSeq(), batch);
    }

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
