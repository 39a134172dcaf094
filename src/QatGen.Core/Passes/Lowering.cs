using QatGen.Graphs;
using QatGen.Operators;
using QatGen.Primitives;

namespace QatGen.Passes;

/// <summary>A constant of the program: its node and what it is for.</summary>
public sealed record ConstantSlot(Node Node, ConstantRole Role)
{
    /// <summary>What is known of the constant before there is one, in the type that a composite operator gives its parts.</summary>
    public Fact Fact => Node.Part?.Type is { } type && Role is { Kind: ConstantKind.Rescale or ConstantKind.Table or ConstantKind.Tensor, DType: not DType.QInt32 } ? Role.Fact with { DType = type } : Role.Fact;
}

/// <summary>Runs a fused graph on an implementation of the primitives, node by node, each through its operator's own lowering.</summary>
public static class Lowering
{
    /// <summary>The constants of a graph in the order in which the program numbers them.</summary>
    public static Seq<ConstantSlot> Slots(Graph fused) => fused.Nodes.SelectMany(static n => Catalogue.Get(n.Operator).Constants(n).Select(r => new ConstantSlot(n, r))).ToSeq();

    public static T[] Run<T>(Graph fused, IPrimitives<T> p, T[] constants, T[] inputs)
    {
        var values = new List<T>(inputs);
        var next = 0;
        foreach (var node in fused.Nodes)
        {
            var op = Catalogue.Get(node.Operator);
            var count = op.Constants(node).Count;
            p.Layer(node.Path);
            values.Add(op.Lower(p, node, [.. node.Inputs.Select(i => values[i])], [.. constants.Skip(next).Take(count)]));
            next += count;
        }

        return [.. fused.Outputs.Select(o => values[o])];
    }
}
