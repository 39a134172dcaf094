using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>A fully connected layer on [N, in_features]: a 1x1 convolution on a 1x1 map.</summary>
internal sealed class Linear() : Operator("Linear")
{
    public override Seq<Form> Forms => new(new Form(FormKind.Module, "Linear"));

    public override Fusion Fusion => Fusion.ConvLike;

    public override bool OwnsScale => true;

    public override Seq<string> Structural => new("hasBias");

    public override Seq<string> Sizes => new("inputSize", "outputSize");

    public override Seq<ConstantRole> Constants(Node node)
    {
        var (input, output) = (node.Count("inputSize"), node.Count("outputSize"));
        return new(ConstantRole.Weight(output, input, 1, 1), ConstantRole.Bias(output), ConstantRole.Rescale(node));
    }

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants)
    {
        T Map(T x) => p.Reshape(x, [0, 0, 1, 1]);
        var sum = p.Conv(Map(inputs[0]), constants[0], constants[1], new());
        return p.Reshape(p.Rescale([sum, .. inputs.Skip(1).Select(Map)], constants[2]), [0, 0]);
    }

    public override IEnumerable<Example> Examples()
    {
        static Node Linear(int input, int output) =>
            new("Linear", "fc", new(FormKind.Module, "Linear"), new(0), new() { ["inputSize"] = input, ["outputSize"] = output, ["hasBias"] = true });

        var relu = new Node("ReLU", "relu", new(FormKind.Module, "ReLU"), new(0), new());
        yield return Example.Of("odd", Linear(37, 11), [3, 37]);
        yield return Example.Of("one", Linear(1, 1), [1, 1]);
        yield return Example.Of("relu", Linear(64, 10) with { Absorbed = new(relu) }, [2, 64]);
        yield return Example.Of("high precision", Linear(64, 10) with { Output = OutputKind.HighPrecision }, [2, 64]);
    }
}
