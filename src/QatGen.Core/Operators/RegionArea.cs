using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>
/// By how much the areas of boxes [N, boxes, 4] exceed a number, [N, boxes, 1, 1, 1]: (right - left) * (bottom - top) as four exact products, so that no side saturates. Of the one rescale of
/// their sum only the sign matters.
/// </summary>
internal sealed class RegionArea() : Operator("RegionArea")
{
    /// <summary>Boxes in qint16 that reach 512 pixels or more have areas in whole steps of at least half of this, so that rounding keeps the sign.</summary>
    private const double Step = 1 / 2048.0;

    public override Seq<Form> Forms => Seq<Form>.Empty;

    public override bool OwnsScale => true;

    public override Seq<string> Structural => new("threshold");

    public override Seq<ConstantRole> Constants(Node node) => new(
        ConstantRole.Number(node.Real("threshold", 1), DType.QInt32), ConstantRole.Rescale(node) with { Factors = new(1, -1, -1, 1, -1), Scale = Step });

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants)
    {
        var (left, top, right, bottom) = (Corner(0), Corner(1), Corner(2), Corner(3));
        var excess = p.Rescale([p.Mul(right, bottom), p.Mul(right, top), p.Mul(left, bottom), p.Mul(left, top), p.Constant(constants[0])], constants[1]);
        return p.Move(p.Move(excess, new Movement.Unsqueeze(3)), new Movement.Unsqueeze(4));

        T Corner(int at) => p.Move(inputs[0], new Movement.Slice(2, at, at + 1));
    }

    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("boxes", new(Name, "area", new(FormKind.Module, Name), new(0), new() { ["threshold"] = 0.75 }), [2, 5, 4]);
    }
}
