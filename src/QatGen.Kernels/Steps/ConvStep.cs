using QatGen.Kernels.Planning;
using QatGen.Kernels.Simd;
using QatGen.Primitives;

namespace QatGen.Kernels.Steps;

/// <summary>Any convolution as a matrix product whose left side is read where it lies.</summary>
internal sealed unsafe class ConvStep(MicroKernels kernels, ConvWeights weights, ConvGeometry geometry, Slot input, Slot[] others, Slot target, Epilogue epilogue)
    : TiledConvStep(geometry, input, others, target, epilogue, MicroKernels.Padded(target.Layout.Channels) + MicroKernels.Block)
{
    private readonly Pinned<int> _taps = Taps(input.Layout, geometry, weights.TapRows, weights.TapColumns);

    protected override void Sum(short** sources, int* sums)
    {
        var shifted = stackalloc short*[MicroKernels.Pixels];
        for (var group = 0; group < geometry.Groups; group++)
        {
            for (var p = 0; p < MicroKernels.Pixels; p++)
            {
                shifted[p] = sources[p] + (group * weights.GroupInputs);
            }

            kernels.Conv(new()
            {
                Sources = shifted,
                Taps = _taps.Pointer,
                TapCount = _taps.Count,
                Pairs = weights.Pairs,
                Weights = weights.ForGroup(group),
                Bias = weights.BiasForGroup(group),
                Vectors = weights.Vectors,
                Sums = sums + (group * weights.GroupOutputs),
                SumStride = SumStride,
            });
        }
    }
}
