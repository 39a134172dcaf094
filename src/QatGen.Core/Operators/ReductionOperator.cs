using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>One number of all along some axes behind the batch; without keepdim the axes are gone.</summary>
internal abstract class ReductionOperator(string name, string function, ReduceKind kind) : Operator(name)
{
    // The parts of a composite name them dim, whatever the function calls them.
    private static readonly Seq<string> AllNames = new("dim", "dims", "dimensions", "dim0", "dim1", "dim2", "dimension");

    public override Seq<Form> Forms => new(new(FormKind.Torch, function), new(FormKind.Method, function));

    public override Seq<string> Structural => new([.. AxisNames, "keepdim", .. OwnsScale ? (string[])["type"] : []]);

    public override IEnumerable<Violation> Check(Node node)
    {
        var axes = Axes(node);
        if (axes.Count == 0 || axes.Contains(0) || (!To.KeepsReals(node.Attributes["type"]) && node.Attributes["type"] is not Value.Integer { Number: 0 }))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "axes", node.Attributes.ToString(), "axes other than the batch, and float32");
        }
        else if (!KeepsAxes(node) && axes.Any(static a => a < 0) && axes.Any(static a => a > 0))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "axes", node.Attributes.ToString(), "axes that are all counted from one side, or keepdim");
        }
    }

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants)
    {
        var axes = Axes(node);
        var reduced = p.Reduce(inputs[0], new(kind, axes));
        var result = constants.Length == 0 ? reduced : p.Rescale([reduced], constants[0]);

        // In an order in which no axis changes the number of a later one.
        var gone = KeepsAxes(node) ? Enumerable.Empty<int>() : axes.OrderBy(static a => a < 0 ? a : -a);
        return gone.Aggregate(result, (x, axis) => p.Move(x, new Movement.Squeeze(axis)));
    }

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs)
    {
        var x = inputs[0];
        if (inputs.Count != 1 || x.Batch == Placed.NoBatch || x.Renumbered(node.Attributes, AllNames) is not { } arguments)
        {
            return inputs.Count == 1 ? null : BatchFirst.Elementwise(node, inputs);
        }

        return new(node with { Attributes = arguments }, x.Batch - (KeepsAxes(node) ? 0 : Axes(node).Count(a => x.Counted(a) < x.Batch)));
    }

    protected static bool KeepsAxes(Node node) => node.Flag("keepdim", false);

    protected static Seq<int> Axes(Node node) => AllNames.SelectMany(n => node.Attributes[n] switch
    {
        Value.Integer i => [(int)i.Number],
        Value.Items items when items.Elements.All(static e => e is Value.Integer) => items.Elements.Select(static e => (int)((Value.Integer)e).Number),
        _ => Enumerable.Empty<int>(),
    }).ToSeq();

    public override IEnumerable<Example> Examples()
    {
        Node Over(bool keepsAxes, params long[] axes) => new(Name, "reduced", ExampleForm, new(0), new() { [AxisName] = axes, ["keepdim"] = keepsAxes });
        yield return Example.Of("channels", Over(true, 1), [2, 5, 3, 7]);
        yield return Example.Of("map", Over(true, 2, 3), [2, 19, 3, 7]);
        yield return Example.Of("rows", Over(true, 2), [1, 33, 4, 5]);
        yield return Example.Of("columns", Over(true, -1), [2, 5, 3, 7]);
        yield return Example.Of("everything", Over(true, 3, 1, 2), [2, 5, 3, 7]);
        yield return Example.Of("one pixel", Over(true, 1), [1, 1, 1, 1]);
        yield return Example.Of("vector", Over(true, 1), [3, 37]);
        yield return Example.Of("sequence", Over(true, -1), [2, 9, 21]);
        yield return Example.Of("apart", Over(true, 2, 4), [2, 3, 5, 2, 7]);
        yield return Example.Of("channels gone", Over(false, 1), [2, 5, 3, 7]);
        yield return Example.Of("tokens gone", Over(false, 1), [2, 9, 21]);
        yield return Example.Of("map gone", Over(false, -2, -1), [2, 17, 3, 7]);
    }

    /// <summary>How the examples are written.</summary>
    protected virtual Form ExampleForm => new(FormKind.Method, function);

    /// <summary>The name that TorchSharp gives the axes.</summary>
    protected virtual string AxisName => "dim";

    /// <summary>The names that the axes have in the forms of the function.</summary>
    protected virtual Seq<string> AxisNames => new(AxisName);
}
