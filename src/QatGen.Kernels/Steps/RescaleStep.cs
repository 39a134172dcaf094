using QatGen.Kernels.Planning;
using QatGen.Kernels.Simd;

namespace QatGen.Kernels.Steps;

/// <summary>A rescale of values that lie in memory: add, requantize, average, clamp.</summary>
internal sealed unsafe class RescaleStep(MicroKernels kernels, RescaleNumbers numbers, Slot[] terms, Slot target) : Step(target, terms)
{
    private readonly Epilogue _epilogue = new(kernels, numbers, terms, target);

    public override void Run(byte* arena, byte* scratch)
    {
        var cursor = new PixelCursor(Target.Layout);
        var total = Target.Layout.Batch * Target.Layout.Pixels;
        for (var start = 0; start < total; start += MicroKernels.Pixels)
        {
            _epilogue.Run(arena, ref cursor, Math.Min(MicroKernels.Pixels, total - start), null, 0);
        }
    }
}
