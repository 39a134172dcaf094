using QatGen.Kernels.Planning;
using QatGen.Kernels.Simd;
using QatGen.Primitives;

namespace QatGen.Kernels.Steps;

/// <summary>A convolution with its rescale: a tile of output pixels is summed over all channels in scratch memory and rescaled from there, so accumulators never reach the arena.</summary>
internal abstract unsafe class TiledConvStep(ConvGeometry geometry, Slot input, Slot[] others, Slot target, Epilogue epilogue, int sumStride) : Step(target, [input, .. others])
{
    public override int ScratchBytes => MicroKernels.Pixels * SumStride * sizeof(int);

    protected Slot Input => input;

    /// <summary>Room for one pixel's sums, including what the last vector of the last group writes too much.</summary>
    protected int SumStride => sumStride;

    public override void Run(byte* arena, byte* scratch)
    {
        var sources = stackalloc short*[MicroKernels.Pixels];
        var ahead = new PixelCursor(Target.Layout);
        var behind = ahead;
        var total = Target.Layout.Batch * Target.Layout.Pixels;
        for (var start = 0; start < total; start += MicroKernels.Pixels)
        {
            var pixels = Math.Min(MicroKernels.Pixels, total - start);
            for (var p = 0; p < MicroKernels.Pixels; p++)
            {
                if (p < pixels)
                {
                    sources[p] = (short*)input.Pixel(arena, ahead.N, (ahead.Y * geometry.StrideH) - geometry.PadTop, (ahead.X * geometry.StrideW) - geometry.PadLeft);
                    ahead.Next();
                }
                else
                {
                    sources[p] = sources[0];
                }
            }

            Sum(sources, (int*)scratch);
            epilogue.Run(arena, ref behind, pixels, (int*)scratch, sumStride);
        }
    }

    /// <summary>Sums a full tile; where the map has no more pixels, an earlier one is repeated.</summary>
    protected abstract void Sum(short** sources, int* sums);

    /// <summary>Offset of each tap from the first one: whole rows of the kernel where a row lies in one piece.</summary>
    protected static Pinned<int> Taps(Layout layout, ConvGeometry g, int rows, int columns)
    {
        var taps = new Pinned<int>(rows * columns);
        for (var i = 0; i < taps.Count; i++)
        {
            taps.Pointer[i] = (i / columns * g.DilationH * layout.RowStride) + (i % columns * g.DilationW * layout.PixelStride);
        }

        return taps;
    }
}
