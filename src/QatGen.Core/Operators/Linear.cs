using QatGen.Graphs;
using QatGen.Passes;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>A fully connected layer on [N, ..., in_features]: a 1x1 convolution over the last axis.</summary>
internal sealed class Linear() : Operator("Linear")
{
    public override Seq<Form> Forms => new(new(FormKind.Module, "Linear"), new(FormKind.Functional, "linear"));

    public override Fusion Fusion => Fusion.ConvLike;

    public override bool OwnsScale => true;

    public override Seq<string> Structural => new("hasBias");

    public override Seq<string> Sizes => new("inputSize", "outputSize");

    public override bool IsComposite(Node node) => FunctionalLayer.Is(node);

    public override (double Int8, double Int16) CompositeSteps => FunctionalLayer.Steps;

    public override int[] Expand(Expansion call) => FunctionalLayer.Expand(call, 2, "hasBias", static weight => [("inputSize", weight[1]), ("outputSize", weight[0])]);

    public override IEnumerable<Violation> Check(Node node) => FunctionalLayer.Is(node) ? FunctionalLayer.Check(node, 1) : [];

    public override Seq<ConstantRole> Constants(Node node)
    {
        var (input, output) = (node.Count("inputSize"), node.Count("outputSize"));
        return new(ConstantRole.Weight(output, input, 1, 1) with { Parameter = new(output, input) }, ConstantRole.Bias(output), ConstantRole.Rescale(node));
    }

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants)
    {
        // On vectors the axis is where it must be, and the movements move nothing.
        T Features(T x) => p.Move(x, new Movement.MoveAxis(-1, 1));

        // A batch norm normalizes axis 1, which is that of the features on vectors only.
        var sum = p.Conv(Features(inputs[0]), constants[0], constants[1], new(Rank: node.Find(Fusion.BatchNorm) is null ? 0 : 2));
        return p.Move(p.Rescale([sum, .. inputs.Skip(1).Select(Features)], constants[2]), new Movement.MoveAxis(1, -1));
    }

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs) => BatchFirst.InFront(node, new(inputs[0]), 1);

    public override IEnumerable<Example> Examples()
    {
        static Node Linear(int input, int output) =>
            new("Linear", "fc", new(FormKind.Module, "Linear"), new(0), new() { ["inputSize"] = input, ["outputSize"] = output, ["hasBias"] = true });

        var relu = new Node("ReLU", "relu", new(FormKind.Module, "ReLU"), new(0), new());
        yield return Example.Of("odd", Linear(37, 11), [3, 37]);
        yield return Example.Of("one", Linear(1, 1), [1, 1]);
        yield return Example.Of("sequence", Linear(33, 17), [2, 5, 33]);
        yield return Example.Of("map", Linear(7, 10), [2, 3, 4, 7]);
        yield return Example.Of("volume", Linear(7, 4), [1, 3, 2, 2, 7]);
        yield return Example.Of("sequence add", Linear(9, 7) with { Absorbed = new(new Node("Add", "add", new(FormKind.Symbol, "op_Addition"), new(0, 1), new())) }, [2, 5, 9], [2, 5, 7]);
        yield return Example.Of("relu", Linear(64, 10) with { Absorbed = new(relu) }, [2, 64]);
        yield return Example.Of("high precision", Linear(64, 10) with { Output = OutputKind.HighPrecision }, [2, 64]);

        var function = new Node("Linear", "linear", Forms[1], new(0), new());
        yield return Example.Of("function", function, [2, 5, 9]).With(7, 9).With(7);
        yield return Example.Of("function without bias", function, [3, 17]).With(4, 17);
    }
}
