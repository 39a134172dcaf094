using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>left + sign * alpha * right, in one rescale.</summary>
internal abstract class SumOperator(string name, int sign) : BinaryOperator(name)
{
    public override bool OwnsScale => true;

    public override bool TakesActivation => true;

    public override Seq<string> Structural => new(sign > 0 ? ["right", "left", "scalar", "alpha"] : ["right", "left", "target"]);

    protected override Seq<string> NumberNames => new("right", "left", "scalar", "target");

    public override Seq<ConstantRole> Constants(Node node)
    {
        var (factor, rescale) = (sign * node.Real("alpha", 1), ConstantRole.Rescale(node));
        return Number(node) is not { } number ? new(rescale with { Factors = new(1, factor) })
            : NumberIsLeft(node) ? new(ConstantRole.Number(number, DType.QInt32), rescale with { Factors = new(sign, 1) })
            : new(ConstantRole.Number(factor * number, DType.QInt32), rescale);
    }

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) =>
        constants.Length == 1 ? p.Rescale(inputs, constants[0]) : p.Rescale([inputs[0], p.Constant(constants[0])], constants[1]);

    public override IEnumerable<Example> Examples()
    {
        var node = new Node(Name, "node", Forms[0], new(0, 1), new());
        var relu = new Node("ReLU", "relu", new(FormKind.Module, "ReLU"), new(0), new());
        Node With(string name, Value value) => node with { Attributes = new() { [name] = value } };
        yield return Example.Of("relu", node with { Absorbed = new(relu) }, [1, 16, 8, 8], [1, 16, 8, 8]);
        yield return Example.Of("relu broadcast", node with { Absorbed = new(relu) }, [1, 16, 8, 8], [1, 1, 8, 1]);
        yield return Example.Of("number", With("right", 0.7), [2, 5, 3, 7]);
        yield return Example.Of("number of many steps", With("right", -3), [1, 1, 1, 1]);
        yield return Example.Of("number on the left", With("left", 1.25), [2, 17]);
        if (sign > 0)
        {
            yield return Example.Of("alpha", With("alpha", -0.3), [2, 5, 3, 7], [2, 5, 1, 7]);
            yield return Example.Of("alpha and number", (node with { Attributes = new() { ["alpha"] = 2, ["right"] = 0.25 } }), [2, 5, 3, 7]);
        }

        foreach (var example in BroadcastExamples(node))
        {
            yield return example;
        }
    }
}
