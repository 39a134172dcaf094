namespace QatGen.Kernels.Planning;

/// <summary>The place of a value in the arena, and the steps between which it is needed.</summary>
internal sealed class Slot(Layout layout, Pinned<byte>? memory = null)
{
    private readonly long _frameBytes = (long)layout.FrameStride * layout.ElementBytes;
    private readonly long _rowBytes = (long)layout.RowStride * layout.ElementBytes;
    private readonly long _pixelBytes = (long)layout.PixelStride * layout.ElementBytes;
    private readonly long _firstPixel = (((long)layout.Border.Top * layout.RowStride) + ((long)layout.Border.Left * layout.PixelStride)) * layout.ElementBytes;

    public Layout Layout { get; } = layout;

    /// <summary>Whether the value is a constant with memory of its own.</summary>
    public bool IsConstant => memory is not null;

    public long Offset { get; private set; }

    public int FirstStep { get; private set; } = int.MaxValue;

    public int LastStep { get; private set; } = int.MinValue;

    /// <summary>Keeps the value over <paramref name="step"/>.</summary>
    public void NeedAt(int step) => (FirstStep, LastStep) = (Math.Min(FirstStep, step), Math.Max(LastStep, step));

    public void PlaceAt(long offset) => Offset = offset;

    /// <summary>The address of a pixel's first channel.</summary>
    public unsafe byte* Pixel(byte* arena, int n, int y, int x) => (memory is null ? arena + Offset : memory.Pointer) + _firstPixel + (n * _frameBytes) + (y * _rowBytes) + (x * _pixelBytes);

    /// <summary>The same for a position of a larger value over which this one repeats.</summary>
    public unsafe byte* Repeated(byte* arena, int n, int y, int x) => Pixel(arena, Layout.Batch == 1 ? 0 : n, Layout.Height == 1 ? 0 : y, Layout.Width == 1 ? 0 : x);

    /// <summary>Zeros the border; other values have used the memory since the last run.</summary>
    public unsafe void ClearBorder(byte* arena)
    {
        var (l, b) = (Layout, Layout.Border);
        if (b == default)
        {
            return;
        }

        for (var n = 0; n < l.Batch; n++)
        {
            var frame = (long)n * l.FrameStride;
            Clear(frame, b.Top * l.RowStride);
            Clear(frame + ((l.Height + b.Top) * l.RowStride), b.Bottom * l.RowStride);
            for (var y = b.Top; y < l.Height + b.Top; y++)
            {
                Clear(frame + (y * l.RowStride), b.Left * l.PixelStride);
                Clear(frame + (y * l.RowStride) + ((b.Left + l.Width) * l.PixelStride), b.Right * l.PixelStride);
            }
        }

        void Clear(long from, int count) => new Span<byte>(arena + Offset + (from * l.ElementBytes), count * l.ElementBytes).Clear();
    }
}
