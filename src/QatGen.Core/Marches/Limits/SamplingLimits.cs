using QatGen.Primitives;
using static QatGen.Marches.Limits.Words;

namespace QatGen.Marches.Limits;

/// <summary>A resize as the limits see it.</summary>
public sealed record ResizeUse(Fact X, Fact Result)
{
    /// <summary>Whether neither side grows or shrinks to more or less than <paramref name="most"/> times.</summary>
    public bool IsWithin(int most) => Enumerable.Range(2, Math.Max(0, Math.Min(X.Rank, Result.Rank) - 2)).All(axis =>
        X.Dimension(axis) < 0 || Result.Dimension(axis) < 0 || (Result.Dimension(axis) <= (long)most * X.Dimension(axis) && X.Dimension(axis) < (long)most * Result.Dimension(axis)));
}

/// <summary>Linear resizes and grids. Sources: the manual's interpolate and grid_sample, and the converter's GridSample, which wins. Nash rows are not published.</summary>
internal static class SamplingLimits
{
    public static PrimitiveTable<ResizeUse> Resize { get; } = new(
        "linear resize",
        new MarchRow<ResizeUse>(On.Bernoulli2, On.Int8, On.Int32, new Limit<ResizeUse>("ratios above 1/256 and up to 256", static u => u.IsWithin(256), static u => $"{u.X} to {u.Result}")),
        new MarchRow<ResizeUse>(On.BothBayes, On.Int8, On.Int32, new Limit<ResizeUse>("sides and channels of at most 8192", static u => u.X.SidesUpTo(8192) && u.Result.SidesUpTo(8192), static u => $"{u.X} to {u.Result}")),
        new MarchRow<ResizeUse>(On.Nash, On.Int8And16, On.Int32));

    /// <summary>The map that is sampled; the grid has any of the types.</summary>
    public static PrimitiveTable<Fact> Grid { get; } = new(
        "grid sampling",
        new MarchRow<Fact>(On.Bayes, On.Int8And16, On.Int32, Int8Map, Sides, Positions(720 * 1024)),
        new MarchRow<Fact>(On.BayesE, On.Int8And16, On.Int32, Int8Map, Sides, Positions(512 * 512)),
        new MarchRow<Fact>(On.Nash, On.Int8And16, On.Int32));

    private static Limit<Fact> Int8Map => new("a qint8 map", static x => x.DType == DType.QInt8, static x => x.ToString());

    private static Limit<Fact> Sides => new("a height and width of at most 1024", static x => x.Dimension(2) <= 1024 && x.Dimension(3) <= 1024, static x => x.ToString());

    private static Limit<Fact> Positions(int most) => new($"at most {Count(most)} positions", x => x.Dimension(2) < 0 || x.Dimension(3) < 0 || (long)x.Dimension(2) * x.Dimension(3) <= most, static x => x.ToString());
}
