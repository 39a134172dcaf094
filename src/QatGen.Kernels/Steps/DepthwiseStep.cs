using QatGen.Kernels.Planning;
using QatGen.Kernels.Simd;
using QatGen.Primitives;

namespace QatGen.Kernels.Steps;

/// <summary>A convolution with as many groups as input and output channels: each channel on its own.</summary>
internal sealed unsafe class DepthwiseStep(MicroKernels kernels, DepthwiseWeights weights, ConvGeometry geometry, Slot input, Slot[] others, Slot target, Epilogue epilogue)
    : TiledConvStep(geometry, input, others, target, epilogue, MicroKernels.Padded(target.Layout.Channels))
{
    private readonly Pinned<int> _taps = Taps(input.Layout, geometry, weights.KernelH, weights.KernelW);

    protected override void Sum(short** sources, int* sums) => kernels.Depthwise(new()
    {
        Sources = sources,
        Taps = _taps.Pointer,
        TapCount = _taps.Count,
        Weights = weights.Weights,
        Bias = weights.Bias,
        Channels = SumStride,
        Sums = sums,
        SumStride = SumStride,
    });
}
