using QatGen.Kernels.Simd;
using QatGen.Primitives;

namespace QatGen.Kernels.Planning;

/// <summary>Zeros around each map, wide enough for the convolutions that read it, so that none tests for its border.</summary>
internal readonly record struct Border(int Top, int Left, int Bottom, int Right)
{
    public static Border Of(ConvGeometry g) => new(g.PadTop, g.PadLeft, g.PadBottom, g.PadRight);

    public Border Union(Border other) => new(Math.Max(Top, other.Top), Math.Max(Left, other.Left), Math.Max(Bottom, other.Bottom), Math.Max(Right, other.Right));
}

/// <summary>
/// Where a value lies: NHWC, int16 or (wide) int32, channels padded to <see cref="PixelStride"/>; what the padding channels hold is never used.
/// Every rank is seen as one of four: [N, C] has one pixel, and from five dimensions on the last ones are one row. A frame too large for int offsets is an <see cref="OverflowException"/>.
/// </summary>
internal sealed record Layout(int Batch, int Channels, int Height, int Width, bool IsWide, Border Border, int PixelStride)
{
    /// <summary>A load may run past the last pixel by less than this.</summary>
    private const int SlackBytes = 256;

    public int ElementBytes => IsWide ? sizeof(int) : sizeof(short);

    /// <summary>Elements from one row to the next.</summary>
    public int RowStride { get; } = checked((Width + Border.Left + Border.Right) * PixelStride);

    public int FrameStride { get; } = checked((Height + Border.Top + Border.Bottom) * (Width + Border.Left + Border.Right) * PixelStride);

    public int Pixels => Height * Width;

    /// <summary>Elements of the value itself.</summary>
    public long Elements => (long)Batch * Channels * Pixels;

    public long Bytes => ((long)Batch * FrameStride * ElementBytes) + SlackBytes;

    /// <summary>Elements from one index of an axis to the next, for a value of this shape.</summary>
    public int Step(Seq<int> shape, int axis) => axis == 1 ? 1 : axis == 2 && shape.Count > 3 ? RowStride : shape.Skip(axis + 1).Aggregate(PixelStride, static (n, d) => n * d);

    /// <summary>Numbers of a frame's elements in NCHW order as distances from the first one; what comes from outside stays so.</summary>
    public int[] Addresses(int[] elements) =>
        [.. elements.Select(e => e == MovePlan.Outside ? MovePlan.Outside : (e / Pixels) + (e % Pixels / Width * RowStride) + (e % Width * PixelStride))];

    public static Layout Of(Fact fact, Border border, int pixelStride)
    {
        var height = fact.Rank > 3 ? fact.Shape[2] : 1;
        var width = fact.Shape.Skip(fact.Rank > 3 ? 3 : 2).Aggregate(1, static (n, d) => checked(n * d));
        return new(fact.Shape[0], fact.Rank > 1 ? fact.Shape[1] : 1, height, width, fact.DType == DType.QInt32, border, Math.Max(pixelStride, MicroKernels.Padded(fact.Rank > 1 ? fact.Shape[1] : 1)));
    }
}
