using QatGen.Primitives;
using static QatGen.Marches.Limits.Words;

namespace QatGen.Marches.Limits;

/// <summary>A reduction as the limits see it.</summary>
public sealed record ReduceUse(Fact X, Reduction Reduction)
{
    /// <summary>The axes reduced; empty while the rank is not known.</summary>
    public Seq<int> Axes => X.IsKnown ? Reduction.For(X.Rank) : Seq<int>.Empty;

    public long Count => X.IsKnown ? Reduction.Count(X.Shape) : Fact.UnknownDimension;
}

/// <summary>Reductions. Sources: the manual's sum, mean and max, and the reduce operators of the later converter (Nash).</summary>
internal static class ReduceLimits
{
    // Of the two, BERNOULLI2's mean reads qint16 and its sum does not; they are one unit.
    public static PrimitiveTable<ReduceUse> Sum { get; } = new(
        "reduced sum",
        new MarchRow<ReduceUse>(On.Bernoulli2, On.Int8, On.Int32, new Limit<ReduceUse>("the channels as the axis", static u => u.Axes.All(static a => a == 1), static u => Text(u.Axes))),
        new MarchRow<ReduceUse>(On.BothBayes, On.Int8And16, On.Int32),
        new MarchRow<ReduceUse>(On.Nash, On.Int8And16, On.Int32, Elements));

    /// <summary>BERNOULLI2 has the largest value only together with its index, in one tensor.</summary>
    public static PrimitiveTable<ReduceUse> Extreme { get; } = new(
        "reduced maximum or minimum",
        new MarchRow<ReduceUse>(On.BothBayes, On.Int8And16, On.Int8And16, new Limit<ReduceUse>("sides and channels of at most 65535", static u => u.X.SidesUpTo(65535), static u => u.X.ToString())),
        new MarchRow<ReduceUse>(On.Nash, On.Int8And16, On.Int8And16, Elements));

    private static Limit<ReduceUse> Elements => new("at most 65535 elements in one result", static u => u.Count <= 65535, static u => Count(u.Count));

    private static string Text(Seq<int> axes) => "axes " + string.Join(", ", axes);
}
