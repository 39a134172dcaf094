using QatGen.Kernels.Planning;
using QatGen.Kernels.Simd;

namespace QatGen.Kernels.Steps;

/// <summary>Rescales a tile of pixels into a slot. A term is a slot, or null for the sums that the caller has just computed.</summary>
internal sealed unsafe class Epilogue(MicroKernels kernels, RescaleNumbers numbers, Slot?[] terms, Slot target)
{
    private readonly bool[] _isWide = [.. terms.Select(static t => t is null || t.Layout.IsWide)];

    /// <summary>Rescales <paramref name="pixels"/> pixels from the cursor on, and moves it there.</summary>
    public void Run(byte* arena, ref PixelCursor at, int pixels, int* sums, int sumStride)
    {
        var sources = stackalloc void*[terms.Length * MicroKernels.Pixels];
        var targets = stackalloc void*[MicroKernels.Pixels];
        var sets = stackalloc double*[MicroKernels.Pixels];
        for (var p = 0; p < pixels; p++, at.Next())
        {
            targets[p] = target.Pixel(arena, at.N, at.Y, at.X);
            sets[p] = numbers.ForPixel(at.Pixel);
            for (var t = 0; t < terms.Length; t++)
            {
                sources[(t * MicroKernels.Pixels) + p] = terms[t] is { } slot ? slot.Repeated(arena, at.N, at.Y, at.X) : sums + (p * sumStride);
            }
        }

        fixed (bool* isWide = _isWide)
        {
            kernels.Rescale(new()
            {
                Pixels = pixels,
                TermCount = terms.Length,
                Terms = sources,
                TermIsWide = isWide,
                Numbers = sets,
                Channels = numbers.Channels,
                Targets = targets,
                IsWide = target.Layout.IsWide,
            });
        }
    }
}
