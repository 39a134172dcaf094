using QatGen.Primitives;
using static QatGen.Marches.Limits.Words;

namespace QatGen.Marches.Limits;

/// <summary>A pooling as the limits see it.</summary>
public sealed record PoolUse(Fact X, PoolGeometry Geometry)
{
    /// <summary>Height and width of the largest window; 0 where it is the whole map or a part of a map that is not known.</summary>
    public (int H, int W) Window => !Geometry.IsAdaptive ? (Geometry.KernelH, Geometry.KernelW)
        : X.IsKnown && MapShape.Of(X.Shape) is { Height: > 0, Width: > 0 } map ? (PoolGeometry.Largest(map.Height, Geometry.AdaptiveH), PoolGeometry.Largest(map.Width, Geometry.AdaptiveW))
        : (0, 0);

    /// <summary>Rows and columns of windows on a map.</summary>
    public int Positions => X.IsKnown && MapShape.Of(X.Shape) is { Height: > 0, Width: > 0 } map ? map.Height * map.Width : Fact.UnknownDimension;
}

/// <summary>Poolings. Sources: the manual's MaxPool2d and AvgPool2d and the converter's MaxPool, AveragePool and GlobalAveragePool; the latter win. Nash rows are not published.</summary>
internal static class PoolLimits
{
    public static PrimitiveTable<PoolUse> Max { get; } = new(
        "max pooling",
        new MarchRow<PoolUse>(On.Bernoulli2, On.Int8, On.Int8, Window(64), Stride(185)),
        new MarchRow<PoolUse>(On.BothBayes, On.Int8And16, On.Int8And16, Window(256), Stride(256), Padding(255), new("sides and channels of at most 8192", static u => u.X.SidesUpTo(8192), static u => u.X.ToString())),
        new MarchRow<PoolUse>(On.Nash, On.Int8And16, On.Int8And16));

    // Which types the average takes on Bayes is not said; its mean over axes takes both.
    public static PrimitiveTable<PoolUse> Sum { get; } = new(
        "average pooling",
        new MarchRow<PoolUse>(On.Bernoulli2, On.Int8, On.Int32, Window(7), Stride(185), new("at most 8192 positions when the whole map is one window", static u => !u.Geometry.IsGlobal || u.Positions <= 8192, static u => u.X.ToString())),
        new MarchRow<PoolUse>(On.Bayes, On.Int8And16, On.Int32, Window(256), Stride(256), Padding(256)),
        new MarchRow<PoolUse>(
            On.BayesE,
            On.Int8And16,
            On.Int32,
            Window(256),
            Stride(256),
            Padding(255),
            new("windows of 2 to 8192 elements", static u => u.Window.H == 0 || u.Window.H * u.Window.W is >= 2 and <= 8192, WindowText)),
        new MarchRow<PoolUse>(On.Nash, On.Int8And16, On.Int32));

    private static Limit<PoolUse> Window(int largest) => new($"a window height and width of 1 to {Count(largest)}", u => u.Window.H <= largest && u.Window.W <= largest, WindowText);

    private static Limit<PoolUse> Stride(int largest) => new($"strides of 1 to {Count(largest)}", u => u.Geometry.StrideH <= largest && u.Geometry.StrideW <= largest, static u => Pair(u.Geometry.StrideH, u.Geometry.StrideW));

    private static Limit<PoolUse> Padding(int largest) => new($"padding of at most {Count(largest)}", u => u.Geometry.PadH <= largest && u.Geometry.PadW <= largest, static u => Pair(u.Geometry.PadH, u.Geometry.PadW));

    private static string WindowText(PoolUse u) => Pair(u.Window.H, u.Window.W);
}
