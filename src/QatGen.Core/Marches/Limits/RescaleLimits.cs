using QatGen.Primitives;
using static QatGen.Marches.Limits.Words;

namespace QatGen.Marches.Limits;

/// <summary>A rescale of one term or the sum of several, one of which may be a convolution's accumulator with its geometry.</summary>
public sealed record RescaleUse(Fact Result, ConvGeometry? Conv);

/// <summary>Rescales and sums. Sources: the manual's add and Conv2d (results, fused add) and the converter's Conv and Add; the latter win. Nash: integer sums saturate, which the clamp of a rescale does.</summary>
internal static class RescaleLimits
{
    public static PrimitiveTable<RescaleUse> Rescale { get; } = new(
        "rescale",
        new MarchRow<RescaleUse>(On.Bernoulli2, On.AnyType, On.AnyType, new Limit<RescaleUse>("a qint8 or qint32 result of a convolution", static u => u.Conv is null || u.Result.DType != DType.QInt16, static u => u.Result.ToString())),
        new MarchRow<RescaleUse>(
            On.BothBayes,
            On.AnyType,
            On.AnyType,
            new("at most 8192 channels of a convolution, 65536 where its result stays qint32", static u => u.Conv is null || u.Result.Dimension(1) <= (u.Result.DType == DType.QInt32 ? 65536 : 8192), static u => u.Result.ToString()),
            new("a qint8 result of a dilated convolution", static u => u.Conv is null or { DilationH: 1, DilationW: 1 } || u.Result.DType == DType.QInt8, static u => u.Result.ToString())),
        new MarchRow<RescaleUse>(On.Nash, On.AnyType, On.AnyType));

    public static PrimitiveTable<RescaleUse> Sum { get; } = new(
        "sum",
        new MarchRow<RescaleUse>(On.Bernoulli2, On.AnyType, On.Int8And16, FusedStride, new("at most 2048 channels", static u => u.Result.Dimension(1) <= 2048, static u => u.Result.ToString())),
        new MarchRow<RescaleUse>(On.BothBayes, On.AnyType, On.Int8And16, FusedStride, new("at most 5 dimensions", static u => u.Result.Rank <= 5, static u => u.Result.ToString())),
        new MarchRow<RescaleUse>(On.Nash, On.AnyType, On.Int8And16));

    private static Limit<RescaleUse> FusedStride => new("a convolution of stride 1 or 2 in both directions", static u => u.Conv is not { } g || (g.StrideH == g.StrideW && g.StrideH <= 2), static u => Pair(u.Conv!.StrideH, u.Conv.StrideW));
}
