using QatGen.Kernels.Planning;

namespace QatGen.Kernels.Steps;

/// <summary>Writes a value out over a larger one; needed only where it repeats over channels, or over a part of the dimensions that are one row.</summary>
internal sealed unsafe class RepeatStep(Slot source, Seq<int> shape, Slot target, Seq<int> whole) : Step(target, source)
{
    /// <summary>For each pixel of a frame the pixel of the source.</summary>
    private readonly int[] _pixels = Pixels(shape, whole);

    public override void Run(byte* arena, byte* scratch)
    {
        var (from, to) = (Sources[0].Layout, Target.Layout);
        for (var at = new PixelCursor(to); at.N < to.Batch; at.Next())
        {
            var pixel = _pixels[at.Pixel];
            var read = Sources[0].Pixel(arena, at.N, pixel / from.Width, pixel % from.Width);
            var write = Target.Pixel(arena, at.N, at.Y, at.X);
            if (to.IsWide)
            {
                Repeat(new ReadOnlySpan<int>(read, from.Channels), new Span<int>(write, to.Channels));
            }
            else
            {
                Repeat(new ReadOnlySpan<short>(read, from.Channels), new Span<short>(write, to.Channels));
            }
        }
    }

    private static void Repeat<T>(ReadOnlySpan<T> from, Span<T> to)
    {
        if (from.Length == 1)
        {
            to.Fill(from[0]);
        }
        else
        {
            from.CopyTo(to);
        }
    }

    private static int[] Pixels(Seq<int> shape, Seq<int> whole)
    {
        var index = new RepeatedIndex(shape.Skip(2).ToSeq(), whole.Skip(2).ToSeq());
        return [.. Enumerable.Range(0, whole.Skip(2).Aggregate(1, static (n, d) => n * d)).Select(index.Of)];
    }
}
