using QatGen.Primitives;

namespace QatGen.Bpu;

/// <summary>What a grid reads: a blend of four elements or the nearest, 0 or the border outside of the map.</summary>
internal enum SampleKind
{
    Blend,
    Nearest,
    BlendBorder,
    NearestBorder,
}

internal static class SampleKinds
{
    public static SampleKind Of(GridMode mode) => (SampleKind)((mode.IsNearest ? 1 : 0) + (mode.RepeatsBorder ? 2 : 0));

    /// <summary>The primitive's mode; where corners lie is in the multipliers.</summary>
    public static GridMode Mode(this SampleKind kind) => new(kind is SampleKind.Nearest or SampleKind.NearestBorder, kind is SampleKind.BlendBorder or SampleKind.NearestBorder);
}
