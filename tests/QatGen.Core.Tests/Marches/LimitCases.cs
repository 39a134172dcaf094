using QatGen.Primitives;

namespace QatGen.Core.Tests.Marches;

/// <summary>Programs at and just beyond every limit of every march. A limit without one fails <see cref="LimitTests"/>.</summary>
internal static partial class LimitCases
{
    public static IEnumerable<LimitCase> All => [.. Convolutions, .. Rescales, .. Poolings, .. Tensors, .. Samplings, .. Reductions, .. Products, .. Ranks];

    private static Fact Tensor(DType type, params int[] shape) => Fact.Of(new(shape), type);

    private static Fact Int8(params int[] shape) => Tensor(DType.QInt8, shape);
}
