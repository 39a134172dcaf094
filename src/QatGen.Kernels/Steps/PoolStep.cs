using QatGen.Kernels.Planning;
using QatGen.Kernels.Simd;
using QatGen.Primitives;

namespace QatGen.Kernels.Steps;

/// <summary>Max and sum pooling. Windows are cut to the map: padding never wins and adds nothing.</summary>
internal sealed unsafe class PoolStep(MicroKernels kernels, PoolGeometry geometry, Slot source, Slot target, int? start) : Step(target, source)
{
    private readonly PoolGeometry _geometry = geometry.For(source.Layout.Height, source.Layout.Width);

    public override void Run(byte* arena, byte* scratch)
    {
        var (from, to, g) = (Sources[0].Layout, Target.Layout, _geometry);
        for (var at = new PixelCursor(to); at.N < to.Batch; at.Next())
        {
            var (rowWindow, columnWindow) = (g.Rows(at.Y, from.Height), g.Columns(at.X, from.Width));
            var (top, rows) = Cut(rowWindow, from.Height);
            var (left, columns) = Cut(columnWindow, from.Width);
            var window = new PoolWindow
            {
                Source = Sources[0].Pixel(arena, at.N, top, left),
                SourceIsWide = from.IsWide,
                Rows = rows,
                Columns = columns,
                RowStep = rowWindow.Step * from.RowStride,
                ColumnStep = columnWindow.Step * from.PixelStride,
                Channels = MicroKernels.Padded(to.Channels),
                Target = Target.Pixel(arena, at.N, at.Y, at.X),
                IsWide = to.IsWide,
                Start = start ?? 0,
            };
            if (start is null)
            {
                kernels.SumPool(window);
            }
            else
            {
                kernels.MaxPool(window);
            }
        }
    }

    /// <summary>First position inside the map and how many there are.</summary>
    private static (int First, int Count) Cut(PoolExtent window, int size)
    {
        var (start, kernel, dilation) = window;
        var skipped = start < 0 ? (-start + dilation - 1) / dilation : 0;
        var first = start + (skipped * dilation);
        return first >= size || skipped >= kernel ? (0, 0) : (first, Math.Min(kernel - skipped, ((size - 1 - first) / dilation) + 1));
    }
}
