using QatGen.Primitives;
using static QatGen.Marches.Limits.Words;

namespace QatGen.Marches.Limits;

/// <summary>A concatenation as the limits see it.</summary>
public sealed record ConcatUse(Seq<Fact> Parts, Fact Result);

/// <summary>
/// Concatenations. Sources: the manual's cat and the converter's Concat. The manual's H*W*C of at most 65536 is read as a limit of each side, as for every tensor: networks that its own
/// tables time on the boards concatenate larger maps.
/// </summary>
internal static class ConcatLimits
{
    public static PrimitiveTable<ConcatUse> Concat { get; } = new(
        "concatenation",
        new MarchRow<ConcatUse>(On.Bernoulli2, On.Int8And16, On.Int8And16, new Limit<ConcatUse>("at most 2048 channels", static u => u.Result.Dimension(1) <= 2048, static u => u.Result.ToString())),
        new MarchRow<ConcatUse>(On.BothBayes, On.Int8And16, On.Int8And16, new Limit<ConcatUse>("2 to 1024 parts", static u => u.Parts.Count is >= 2 and <= 1024, static u => Count(u.Parts.Count))),
        new MarchRow<ConcatUse>(On.Nash, On.Int8And16, On.Int8And16));
}
