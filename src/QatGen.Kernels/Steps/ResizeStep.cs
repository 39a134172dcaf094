using QatGen.Kernels.Planning;
using QatGen.Kernels.Simd;
using QatGen.Primitives;

namespace QatGen.Kernels.Steps;

/// <summary>A linear resize: of each pixel the weighted sum of its four neighbours.</summary>
internal sealed unsafe class ResizeStep(MicroKernels kernels, ResizePlan plan, Slot source, Slot target) : Step(target, source)
{
    private const int Neighbours = 4;

    private readonly ResizeTap[] _rows = plan.Rows.Taps.ToArray();
    private readonly ResizeTap[] _columns = plan.Columns.Taps.ToArray();

    public override void Run(byte* arena, byte* scratch)
    {
        var sources = stackalloc short*[Neighbours];
        var weights = stackalloc int[Neighbours];
        for (var at = new PixelCursor(Target.Layout); at.N < Target.Layout.Batch; at.Next())
        {
            var (row, column) = (_rows[at.Y], _columns[at.X]);
            for (var i = 0; i < Neighbours; i++)
            {
                var (y, wy) = i < 2 ? (row.First, plan.Rows.Denominator - row.Weight) : (row.Second, row.Weight);
                var (x, wx) = i % 2 == 0 ? (column.First, plan.Columns.Denominator - column.Weight) : (column.Second, column.Weight);
                sources[i] = (short*)Sources[0].Pixel(arena, at.N, y, x);
                weights[i] = wy * wx;
            }

            kernels.Blend(new() { Sources = sources, Weights = weights, Count = Neighbours, Channels = MicroKernels.Padded(Target.Layout.Channels), Target = (int*)Target.Pixel(arena, at.N, at.Y, at.X) });
        }
    }
}
