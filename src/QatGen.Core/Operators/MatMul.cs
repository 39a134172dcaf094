using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>A product of matrices [N, ..., M, K] and [N, ..., K, P], in int32 before it is rescaled; the right side may be a parameter.</summary>
internal abstract class MatrixProduct(string name) : Operator(name)
{
    public override bool OwnsScale => true;

    public override bool StaysInt32(Node node, March march) => true;

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Inputs.Count != 2)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "operands", node.Attributes.ToString(), "two tensors");
        }
    }

    public override Seq<ConstantRole> Constants(Node node) => new(ConstantRole.Rescale(node));

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.Rescale([p.MatMul(inputs[0], inputs[1])], constants[0]);
}

/// <summary>matmul of three or more dimensions, and bmm.</summary>
internal sealed class MatMul() : MatrixProduct("MatMul")
{
    public override Seq<Form> Forms => new(new(FormKind.Torch, "matmul"), new(FormKind.Method, "matmul"), new(FormKind.Torch, "bmm"), new(FormKind.Method, "bmm"));

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs) =>
        inputs.Count == 2 && (inputs[1].Batch == Placed.NoBatch ? inputs[1].Rank == 2 : inputs[1].Rank == inputs[0].Rank) ? BatchFirst.InFront(node, inputs, 2) : null;

    public override IEnumerable<Example> Examples()
    {
        var node = new Node("MatMul", "product", Forms[0], new(0, 1), new());
        yield return Example.Of("sequences", node, [2, 5, 7], [2, 7, 3]);
        yield return Example.Of("one", node, [1, 1, 1], [1, 1, 1]);
        yield return Example.Of("wide", node, [1, 17, 40], [1, 40, 33]);
        yield return Example.Of("heads", node, [2, 3, 5, 8], [2, 3, 8, 5]);
        yield return Example.Of("column", node, [2, 4, 3, 7], [2, 4, 7, 1]);
        yield return Example.Of("windows", node, [1, 2, 3, 5, 7], [1, 2, 3, 7, 4]);
        yield return Example.Of("high precision", node with { Output = OutputKind.HighPrecision }, [2, 5, 7], [2, 7, 3]);
        yield return Example.Of("parameter", node, [2, 9, 21]).With([21, 5]);
        yield return Example.Of("parameter for each channel", node, [2, 3, 5, 7]).With([3, 7, 2]);
        yield return Example.Of("parameter for all channels", node, [2, 3, 5, 7]).With([7, 6]);
    }
}

/// <summary>mm of frames that are vectors with a parameter.</summary>
internal sealed class Mm() : MatrixProduct("Mm")
{
    public override Seq<Form> Forms => new(new(FormKind.Torch, "mm"), new(FormKind.Method, "mm"));

    /// <summary>A frame is a matrix of one row.</summary>
    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.Reshape(base.Lower(p, node, [p.Reshape(inputs[0], [0, 1, -1]), inputs[1]], constants), [0, -1]);

    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("parameter", new("Mm", "product", Forms[0], new(0, 1), new()), [3, 37]).With([37, 11]);
    }
}
