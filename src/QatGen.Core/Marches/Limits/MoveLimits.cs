using QatGen.Primitives;

namespace QatGen.Marches.Limits;

/// <summary>Movements, by what they are called. Sources: the manual's tensor methods, pad and its modules, PixelShuffle and ChannelShuffle. Nash rows are not published.</summary>
internal static class MoveLimits
{
    /// <summary>Parts of an axis.</summary>
    public static PrimitiveTable<Fact> Slice { get; } = new("slice", new MarchRow<Fact>(On.All, On.AnyType, On.AnyType));

    /// <summary>Axes and elements in another order.</summary>
    public static PrimitiveTable<Fact> Transpose { get; } = new("transpose", new MarchRow<Fact>(On.Later, On.AnyType, On.AnyType));

    public static PrimitiveTable<Fact> Repeat { get; } = new("repeat", new MarchRow<Fact>(On.Later, On.Int8And16, On.Int8And16));

    public static PrimitiveTable<Fact> Pad { get; } = new("padding", new MarchRow<Fact>(On.Bernoulli2, On.Int8, On.Int8), new MarchRow<Fact>(On.Later, On.Int8And16, On.Int8And16));

    public static PrimitiveTable<Fact> Reflect { get; } = new("reflection padding", new MarchRow<Fact>(On.Nash, On.Int8And16, On.Int8And16));

    public static PrimitiveTable<Fact> PixelShuffle { get; } = new("pixel shuffle", new MarchRow<Fact>(On.All, On.Int8And16, On.Int8And16));

    public static PrimitiveTable<Fact> ChannelShuffle { get; } = new(
        "channel shuffle",
        new MarchRow<Fact>(On.Bernoulli2, On.Int8, On.Int8),
        new MarchRow<Fact>(On.Later, On.Int8And16, On.Int8And16));

    /// <summary>Resizing to the nearest element. Source: the manual's interpolate.</summary>
    public static PrimitiveTable<Fact> Nearest { get; } = new("resize to the nearest", new MarchRow<Fact>(On.Bernoulli2, On.Int8, On.Int8), new MarchRow<Fact>(On.Later, On.Int8And16, On.Int8And16));

    /// <summary>The table of a movement.</summary>
    public static PrimitiveTable<Fact> Of(Movement movement) => movement switch
    {
        Movement.Slice or Movement.Select or Movement.Section or Movement.Pieces or Movement.Split => Slice,
        Movement.Unsqueeze or Movement.Squeeze or Movement.Merge or Movement.Divide => TensorLimits.Reshape,
        Movement.Repeat or Movement.RepeatInterleave or Movement.Expand => Repeat,
        Movement.ReflectPad => Reflect,
        Movement.Padding or Movement.Spread => Pad,
        Movement.PixelShuffle or Movement.PixelUnshuffle => PixelShuffle,
        Movement.ChannelShuffle => ChannelShuffle,
        Movement.Nearest => Nearest,
        _ => Transpose,
    };
}
