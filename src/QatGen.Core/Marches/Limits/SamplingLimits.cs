using QatGen.Primitives;

namespace QatGen.Marches.Limits;

/// <summary>A resize as the limits see it.</summary>
public sealed record ResizeUse(Fact X, Fact Result)
{
    /// <summary>Whether neither side grows or shrinks to more or less than <paramref name="most"/> times.</summary>
    public bool IsWithin(int most) => Enumerable.Range(2, Math.Max(0, Math.Min(X.Rank, Result.Rank) - 2)).All(axis =>
        X.Dimension(axis) < 0 || Result.Dimension(axis) < 0 || (Result.Dimension(axis) <= (long)most * X.Dimension(axis) && X.Dimension(axis) < (long)most * Result.Dimension(axis)));
}

/// <summary>Linear resizes. Sources: the manual's interpolate. Nash rows are not published.</summary>
internal static class SamplingLimits
{
    public static PrimitiveTable<ResizeUse> Resize { get; } = new(
        "linear resize",
        new MarchRow<ResizeUse>(On.Bernoulli2, On.Int8, On.Int32, new Limit<ResizeUse>("ratios above 1/256 and up to 256", static u => u.IsWithin(256), static u => $"{u.X} to {u.Result}")),
        new MarchRow<ResizeUse>(On.BothBayes, On.Int8, On.Int32, new Limit<ResizeUse>("sides and channels of at most 8192", static u => u.X.SidesUpTo(8192) && u.Result.SidesUpTo(8192), static u => $"{u.X} to {u.Result}")),
        new MarchRow<ResizeUse>(On.Nash, On.Int8And16, On.Int32));
}
