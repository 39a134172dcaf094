using QatGen.Kernels.Planning;
using QatGen.Kernels.Simd;

namespace QatGen.Kernels.Steps;

/// <summary>Joins values, each rescaled with its own numbers: along the channels, or along runs of pixels of <paramref name="runs"/> per part.</summary>
internal sealed unsafe class ConcatStep(MicroKernels kernels, RescaleNumbers[] numbers, Slot[] parts, int[]? runs, Slot target) : Step(target, parts)
{
    private static readonly bool[] IsWide = [true, false];

    /// <summary>Channels that a pixel of the result must hold, so that the last vector of a part does not reach into the next pixel.</summary>
    public static int PixelStride(IEnumerable<int> channels)
    {
        var (first, stride) = (0, 0);
        foreach (var count in channels)
        {
            stride = Math.Max(stride, MicroKernels.Padded(first + MicroKernels.Padded(count)));
            first += count;
        }

        return stride;
    }

    public override void Run(byte* arena, byte* scratch)
    {
        var (channel, firstPixel) = (0, 0);
        for (var part = 0; part < parts.Length; part++)
        {
            // A constant has one frame for all.
            var source = parts[part];
            for (var at = new PixelCursor(source.Layout with { Batch = Target.Layout.Batch }); at.N < Target.Layout.Batch; at.Next())
            {
                var pixel = runs is null ? at.Pixel : (at.Pixel / runs[part] * runs.Sum()) + firstPixel + (at.Pixel % runs[part]);
                var result = Target.Pixel(arena, at.N, pixel / Target.Layout.Width, pixel % Target.Layout.Width) + (channel * Target.Layout.ElementBytes);
                Rescale(part, source.Pixel(arena, source.IsConstant ? 0 : at.N, at.Y, at.X), result);
            }

            (channel, firstPixel) = runs is null ? (channel + parts[part].Layout.Channels, 0) : (0, firstPixel + runs[part]);
        }
    }

    private void Rescale(int part, void* source, void* result)
    {
        var set = numbers[part].Set(part);
        fixed (bool* isWide = IsWide)
        {
            kernels.Rescale(new()
            {
                Pixels = 1,
                TermCount = 1,
                Terms = &source,
                TermIsWide = parts[part].Layout.IsWide ? isWide : isWide + 1,
                Numbers = &set,
                Channels = numbers[part].Channels,
                Targets = &result,
                IsWide = Target.Layout.IsWide,
            });
        }
    }
}
