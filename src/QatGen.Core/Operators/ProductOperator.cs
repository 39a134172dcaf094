using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>A product: of its inputs (of one with itself), or of a tensor and a number, which moves no integer beyond its sign.</summary>
internal abstract class ProductOperator(string name) : BinaryOperator(name)
{
    public override bool OwnsScale => true;

    public override bool TakesActivation => true;

    /// <summary>The number that the tensor is multiplied by; null for a product of tensors.</summary>
    protected abstract double? Factor(Node node);

    public override bool OwnsScaleIn(Node node) => Factor(node) is null;

    public override Seq<ConstantRole> Constants(Node node) =>
        new(Factor(node) is { } factor ? ConstantRole.Rescale(node) with { Factors = new(factor), ScaleOf = 0 } : ConstantRole.Rescale(node));

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) =>
        p.Rescale([Factor(node) is null ? p.Mul(inputs[0], inputs[inputs.Length - 1]) : inputs[0]], constants[0]);
}
