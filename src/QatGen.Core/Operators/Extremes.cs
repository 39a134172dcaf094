using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>The larger or smaller of two tensors, element by element, at a scale of its own.</summary>
internal abstract class ExtremeOperator(string name, string function, string ofNumbers, ElementwiseKind kind) : BinaryOperator(name)
{
    public override Seq<Form> Forms => new(new(FormKind.Torch, function), new(FormKind.Method, function), new(FormKind.Torch, ofNumbers), new(FormKind.Method, ofNumbers));

    public override bool OwnsScale => true;

    public override Seq<ConstantRole> Constants(Node node) => new(ConstantRole.Rescale(node));

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.Elementwise(kind, inputs, constants[0]);

    public override IEnumerable<Example> Examples() => BroadcastExamples(new(Name, "node", Forms[0], new(0, 1), new()));
}

/// <summary>max(x, y).</summary>
internal sealed class Maximum() : ExtremeOperator("Maximum", "maximum", "fmax", ElementwiseKind.Maximum);

/// <summary>min(x, y).</summary>
internal sealed class Minimum() : ExtremeOperator("Minimum", "minimum", "fmin", ElementwiseKind.Minimum);

/// <summary>|x| as max(x, -x), which keeps the scale; the smallest integer becomes the largest.</summary>
internal sealed class Abs() : Operator("Abs")
{
    public override Seq<Form> Forms => new(new(FormKind.Torch, "abs"), new(FormKind.Method, "abs"), new(FormKind.Torch, "absolute"), new(FormKind.Method, "absolute"));

    public override Seq<ConstantRole> Constants(Node node) => new(ConstantRole.Rescale(node) with { Factors = new(1, -1), ScaleOf = 0 });

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.Elementwise(ElementwiseKind.Maximum, [inputs[0], inputs[0]], constants[0]);

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs) => BatchFirst.Elementwise(node, inputs);

    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("map", new("Abs", "abs", Forms[0], new(0), new()), [2, 5, 3, 7]);
        yield return Example.Of("vector", new("Abs", "abs", Forms[0], new(0), new()), [1, 1]);
    }
}
