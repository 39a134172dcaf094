using QatGen.Graphs;
using QatGen.Marches;
using QatGen.Passes;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>What is computed along axes by several simpler reductions.</summary>
internal abstract class CompositeReduction(string name, (double Int8, double Int16) steps, params Form[] forms) : ReductionOperator(name, "", ReduceKind.Mean)
{
    public override Seq<Form> Forms => new(forms);

    protected override Form ExampleForm => forms[forms.Length - 1];

    public override bool IsComposite(Node node) => true;

    public override (double Int8, double Int16) CompositeSteps => steps;

    public override Seq<MarchNote> MarchNotes => new(MarchNote.Refused(On.Bernoulli2));

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => throw new InvalidOperationException($"'{node.Path}' was not expanded.");

    /// <summary>Examples of a function that takes one axis.</summary>
    protected IEnumerable<Example> AlongOne()
    {
        Node Along(long axis, bool keepsAxis) => new(Name, "reduced", ExampleForm, new(0), new() { [AxisName] = axis, ["keepdim"] = keepsAxis });
        yield return Example.Of("channels", Along(1, true), [2, 5, 3, 7]);
        yield return Example.Of("columns gone", Along(-1, false), [2, 3, 17]);
        yield return Example.Of("one element", Along(1, true), [1, 1, 1, 1]);
    }

    protected static Form[] Both(string function) => [new(FormKind.Torch, function), new(FormKind.Method, function)];

    protected static AttributeMap Over(Node node, bool keepsAxes) => new() { ["dim"] = Axes(node).Select(static a => (long)a).ToArray(), ["keepdim"] = keepsAxes };
}

/// <summary>The mean of squares of what differs from the mean; unbiased, the sum of squares divided by one less than their number.</summary>
internal abstract class Spread(string name, string function, (double, double) steps) : CompositeReduction(name, steps, Both(function))
{
    public override bool OwnsScale => true;

    public override Seq<string> Structural => new([.. base.Structural, "unbiased"]);

    public override Seq<MarchNote> MarchNotes => new([.. base.MarchNotes, MarchNote.Risk(On.Later, "squares and sums with qint16 between them")]);

    protected override Seq<string> AxisNames => new("dim", "dimensions");

    protected override string AxisName => "dimensions";

    protected static int Variance(Expansion call)
    {
        var (node, x) = (call.Node, call.Inputs[0]);
        var shape = call.Shape(x);
        var count = Axes(node).Select(a => a < 0 ? a + shape.Count : a).Where(a => a < shape.Count).Aggregate(1L, (n, axis) => n * shape[axis]);
        var isUnbiased = node.Flag("unbiased", true);
        if (isUnbiased && count == 1)
        {
            throw QatGenException.Of(CaptureRules.Argument, node.Path, node.Operator, "an unbiased variance of", call.Fact(x).ToString(), "unbiased: false, or more than one element along the axes");
        }

        var centred = call.Add("centred", "Sub", new(x, call.Add("mean", "Mean", new(x), Over(node, keepsAxes: true))));
        var squares = call.Add("squares", "Mul", new(centred, centred));
        var mean = call.Add("variance", "Mean", new(squares), Over(node, KeepsAxes(node)));
        return isUnbiased ? call.Add("unbiased", "Mul", new(mean), new() { ["right"] = (double)count / (count - 1) }) : mean;
    }

    public override IEnumerable<Example> Examples()
    {
        static Example Said(Example of, bool isUnbiased) => of with { Node = of.Node with { Attributes = new(of.Node.Attributes.Append(new("unbiased", isUnbiased))) } };
        return base.Examples().SelectMany(static e => e.Name is "map" or "tokens gone" ? new[] { Said(e, false), Said(e, true) with { Name = e.Name + ", unbiased" } } : [Said(e, false)]);
    }
}

/// <summary>The variance along axes.</summary>
internal sealed class Var() : Spread("Var", "var", (1, 12))
{
    public override int[] Expand(Expansion call) => [call.Result("Add", new(Variance(call)), new() { ["right"] = 0 })];
}

/// <summary>The standard deviation along axes.</summary>
internal sealed class Std() : Spread("Std", "std", (1, 12))
{
    public override int[] Expand(Expansion call) => [call.Result("Sqrt", new(Variance(call)))];
}

/// <summary>The length of vectors along axes.</summary>
internal sealed class Norm() : CompositeReduction("Norm", (1, 12), Both("norm"))
{
    public override bool OwnsScale => true;

    public override Seq<string> Structural => new([.. AxisNames, "keepdim", "p"]);

    protected override Seq<string> AxisNames => new("dim", "dimension");

    public override IEnumerable<Violation> Check(Node node) => node.Real("p", 2) == 2 ? base.Check(node)
        : [Violation.Of(CaptureRules.Argument, node.Path, Name, "arguments", node.Attributes.ToString(), "the Euclidean norm, p: 2")];

    public override int[] Expand(Expansion call)
    {
        var sum = call.Add("sum", "Sum", new(call.Add("squares", "Square", call.Inputs)), Over(call.Node, KeepsAxes(call.Node)));
        return [call.Result("Sqrt", new(sum))];
    }

    public override IEnumerable<Example> Examples() => AlongOne();
}

/// <summary>Whether a mask holds somewhere, or everywhere, along an axis: its largest or smallest value.</summary>
internal abstract class MaskReduction(string name, string function, string extreme) : CompositeReduction(name, (0.5, 0.5), Both(function))
{
    public override bool GivesBool => true;

    public override Seq<int> MaskOperands(Node node) => new(0);

    public override int[] Expand(Expansion call)
    {
        var mask = call.IsBool(call.Inputs[0]) ? call.Inputs[0] : call.Configured("mask", "Ne", call.Inputs, new() { ["right"] = 0 });
        return [call.Result("Gt", new(call.Configured("extreme", extreme, new(mask), Over(call.Node, KeepsAxes(call.Node)))), new() { ["right"] = 0 })];
    }

    public override IEnumerable<Example> Examples() => AlongOne();
}

/// <summary>Whether any is true along an axis.</summary>
internal sealed class Any() : MaskReduction("Any", "any", "AMax");

/// <summary>Whether all are true along an axis.</summary>
internal sealed class All() : MaskReduction("All", "all", "AMin");
