using QatGen.Graphs;
using QatGen.Passes;

namespace QatGen.Operators;

/// <summary>
/// exp(x - max x) and what it is divided by, or subtracted from, along one axis: maximum, difference, table, sum, table (NUMERICS section 6). Inputs behind the first are masks: where one is not 0 the exponential is
/// 0, exactly, and the maximum is that of the others.
/// </summary>
internal abstract class SoftmaxOperator(string name, (double Int8, double Int16) steps, Seq<Form> forms) : CompositeOperator(name, steps)
{
    /// <summary>e^0 = 1 is the largest integer.</summary>
    protected const double ExpScale = 1 / 32767.5;

    public override Seq<Form> Forms => forms;

    public override Seq<string> Structural => new("dim");

    protected virtual int Axis(Node node) => (int)node.Integer("dim", 0);

    public override IEnumerable<Violation> Check(Node node)
    {
        if (Axis(node) == 0 || !To.KeepsReals(node.Attributes["dtype"]))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "dim", node.Attributes.ToString(), "an axis other than the batch, and float32");
        }
    }

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs) =>
        inputs[0] is { Batch: > 0 } x && x.Axis(Axis(node)) is > 0 and var axis && Structural.Count > 0 ? new(node with { Attributes = new() { ["dim"] = axis } }, x.Batch) : null;

    /// <summary>x less its largest value along the axis, and the sum of its exponentials.</summary>
    protected (int Difference, int Exponential, int Sum) Shifted(Expansion call, int x, Seq<int> hidden = default)
    {
        var axis = new AttributeMap { ["dim"] = new long[] { Axis(call.Node) }, ["keepdim"] = true };
        var difference = call.Add("sub", "Sub", new(x, call.Add("max", "AMax", new(Filled("seen", x, double.NegativeInfinity)), axis)));
        var exponential = Filled("shown", call.Add("exp", "Exp", new(difference), part: Part.Wide with { Scale = ExpScale }), 0);
        return (difference, exponential, call.Add("sum", "Sum", new(exponential), axis));

        int Filled(string name, int value, double number) =>
            hidden.Aggregate((Value: value, At: 0), (filled, mask) => (call.Add(filled.At == 0 ? name : $"{name}#{filled.At}", "MaskedFill", new(filled.Value, mask), new() { ["value"] = number }), filled.At + 1)).Value;
    }

    /// <summary>exp(x) / sum exp(x) of what no mask hides.</summary>
    protected int Quotient(Expansion call, int x)
    {
        var masks = new ScoreMasks(call);
        var scores = masks.Take(x);
        var (_, exponential, sum) = Shifted(call, scores, call.Inputs.Skip(1).Concat(masks.Hidden).ToSeq());
        return call.Result("Mul", new(exponential, call.Add("reciprocal", "SumReciprocal", new(sum))));
    }

    public override IEnumerable<Example> Examples()
    {
        Node Over(int axis) => new(Name, Name.ToLowerInvariant(), new(FormKind.Functional, forms.First(static f => f.Kind == FormKind.Functional).Name), new(0), new() { ["dim"] = axis });
        yield return Example.Of("logits", Over(1), [3, 17]);
        yield return Example.Of("channels", Over(1), [2, 21, 5, 7]);
        yield return Example.Of("columns", Over(-1), [2, 3, 5, 11]);
        yield return Example.Of("rows", Over(2), [1, 4, 9, 3]);
        yield return Example.Of("tokens", Over(-1), [2, 13, 31]);
        yield return Example.Of("4-D heads", Over(3), [2, 3, 7, 7]);
    }

    /// <summary>The forms that have this name in torch.nn.functional, and of the module.</summary>
    protected static Seq<Form> Written(string module, string function, params Form[] others) => new([new(FormKind.Module, module), new(FormKind.Functional, function), .. others]);
}

/// <summary>exp(x) / sum exp(x) along an axis.</summary>
internal sealed class Softmax() : SoftmaxOperator("Softmax", (0.8, 90), Written("Softmax", "softmax", new(FormKind.Torch, "softmax"), new(FormKind.Method, "softmax")))
{
    public override int[] Expand(Expansion call) => [Quotient(call, call.Inputs[0])];
}

/// <summary>The softmax of each position over its channels.</summary>
internal sealed class Softmax2d() : SoftmaxOperator("Softmax2d", (0.8, 90), Written("Softmax2d", "softmax2d"))
{
    public override Seq<string> Structural => Seq<string>.Empty;

    protected override int Axis(Node node) => 1;

    public override int[] Expand(Expansion call) => [Quotient(call, call.Inputs[0])];

    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("map", new(Name, "softmax2d", Forms[0], new(0), new()), [2, 21, 5, 7]);
    }
}

/// <summary>The softmax of -x.</summary>
internal sealed class Softmin() : SoftmaxOperator("Softmin", (0.8, 300), Written("Softmin", "softmin"))
{
    public override int[] Expand(Expansion call) => [Quotient(call, call.Add("neg", "Neg", call.Inputs))];
}

/// <summary>x - max x - ln(sum exp(x - max x)).</summary>
internal sealed class LogSoftmax() : SoftmaxOperator(
    "LogSoftmax", (0.8, 90), Written("LogSoftmax", "log_softmax", new Form(FormKind.Method, "log_softmax")))
{
    public override int[] Expand(Expansion call)
    {
        var (difference, _, sum) = Shifted(call, call.Inputs[0]);
        return [call.Result("Sub", new(difference, call.Add("log", "SumLog", new(sum))))];
    }
}
