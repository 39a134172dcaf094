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
            var (top, rows) = Cut((at.Y * g.StrideH) - g.PadH, g.KernelH, g.DilationH, from.Height);
            var (left, columns) = Cut((at.X * g.StrideW) - g.PadW, g.KernelW, g.DilationW, from.Width);
            var window = new PoolWindow
            {
                Source = Sources[0].Pixel(arena, at.N, top, left),
                SourceIsWide = from.IsWide,
                Rows = rows,
                Columns = columns,
                RowStep = g.DilationH * from.RowStride,
                ColumnStep = g.DilationW * from.PixelStride,
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
    private static (int First, int Count) Cut(int start, int kernel, int dilation, int size)
    {
        var skipped = start < 0 ? (-start + dilation - 1) / dilation : 0;
        var first = start + (skipped * dilation);
        return first >= size || skipped >= kernel ? (0, 0) : (first, Math.Min(kernel - skipped, ((size - 1 - first) / dilation) + 1));
    }
}
