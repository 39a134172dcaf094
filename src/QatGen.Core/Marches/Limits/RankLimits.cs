using QatGen.Primitives;
using static QatGen.Marches.Limits.Words;

namespace QatGen.Marches.Limits;

/// <summary>A search for positions as the limits see it.</summary>
public sealed record RankUse(Fact X, Ranking Ranking)
{
    /// <summary>The axis; 0 while the rank is not known.</summary>
    public int Axis => X.IsKnown ? Ranking.For(X.Rank) : 0;
}

/// <summary>
/// Positions and what is read at positions. Sources: the manual's max (argmax and argmin like it), topk and gather, the converter's ArgMax for X3 and J5, which wins, and the argmax of the later converter (Nash),
/// whose index fits int16.
/// </summary>
internal static class RankLimits
{
    public static PrimitiveTable<RankUse> Position { get; } = new(
        "position of the largest or smallest",
        new MarchRow<RankUse>(On.Bernoulli2, On.Int8, On.Int32, new Limit<RankUse>("the channels as the axis", static u => u.Axis <= 1, static u => "axis " + Count(u.Axis)), Channels),
        new MarchRow<RankUse>(On.Bayes, On.Int8And16, On.Int32, Channels, Sides),
        new MarchRow<RankUse>(On.BayesE, On.Int8And16, On.Int32, Sides),
        new MarchRow<RankUse>(On.Nash, On.Int8And16, On.Int32, Length));

    public static PrimitiveTable<RankUse> Order { get; } = new(
        "largest or smallest in order",
        new MarchRow<RankUse>(On.BothBayes, On.Int8And16, On.Int32),
        new MarchRow<RankUse>(On.Nash, On.Int8And16, On.Int32, Length));

    public static PrimitiveTable<Fact> Gather { get; } = new("gather", new MarchRow<Fact>(On.Later, On.AnyType, On.AnyType));

    private static Limit<RankUse> Channels => new("at most 64 channels", static u => u.X.Dimension(1) <= 64, static u => u.X.ToString());

    private static Limit<RankUse> Sides => new("sides and channels of at most 65535", static u => u.X.SidesUpTo(65535), static u => u.X.ToString());

    private static Limit<RankUse> Length => new("at most 32767 elements along the axis", static u => u.X.Dimension(u.Axis) <= 32767, static u => u.X.ToString());
}
