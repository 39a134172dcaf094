using QatGen.Primitives;
using static QatGen.Marches.Limits.Words;

namespace QatGen.Marches.Limits;

/// <summary>A product of matrices as the limits see it.</summary>
public sealed record MatMulUse(Fact X, Fact Y, Fact Result)
{
    /// <summary>The largest of the last two dimensions of either side; -1 while they are not known.</summary>
    public int Side => new[] { X, Y }.Max(static f => f is { IsKnown: true, Rank: > 1 } ? Math.Max(f.Shape[f.Rank - 1], f.Shape[f.Rank - 2]) : Fact.UnknownDimension);

    /// <summary>The largest of the dimensions before them.</summary>
    public int Before => X.IsKnown ? X.Shape.Take(X.Rank - 2).DefaultIfEmpty().Max() : Fact.UnknownDimension;
}

/// <summary>
/// Products of matrices. Sources: the manual's matmul, which leaves the types of BAYES open, and the converter's MatMul, whose limits win. A sum of products of two qint16 could leave int32 from the second on,
/// so one side is qint8.
/// </summary>
internal static class MatMulLimits
{
    public static PrimitiveTable<MatMulUse> MatMul { get; } = new(
        "matrix product",
        new MarchRow<MatMulUse>(On.Bernoulli2, On.Int8, On.Int32),
        new MarchRow<MatMulUse>(
            On.BothBayes,
            On.Int8And16,
            On.Int32,
            OneByte,
            new("matrices of at most 8192 rows and columns", static u => u.Side <= 8192, static u => Count(u.Side)),
            new("at most 4096 in the dimensions before them", static u => u.Before <= 4096, static u => Count(u.Before))),
        new MarchRow<MatMulUse>(On.Nash, On.Int8And16, On.Int32, OneByte));

    private static Limit<MatMulUse> OneByte => new("a qint8 side", static u => u.X.DType == DType.QInt8 || u.Y.DType == DType.QInt8, static u => u.X + " and " + u.Y);
}
