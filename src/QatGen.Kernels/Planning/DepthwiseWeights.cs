using QatGen.Kernels.Simd;
using QatGen.Primitives;

namespace QatGen.Kernels.Planning;

/// <summary>Depthwise weights as [tap][channel] int32, and the bias, both padded to whole vectors.</summary>
internal sealed unsafe class DepthwiseWeights
{
    private readonly Pinned<int> _weights;
    private readonly Pinned<int> _bias;

    public DepthwiseWeights(WeightConstant w, BiasConstant bias)
    {
        var (channels, taps) = (w.OutputChannels, w.Shape[2] * w.Shape[3]);
        var padded = MicroKernels.Padded(channels);
        (KernelH, KernelW) = (w.Shape[2], w.Shape[3]);
        _weights = new(taps * padded);
        _bias = new(padded);
        for (var c = 0; c < channels; c++)
        {
            _bias.Pointer[c] = bias.Values[c];
            for (var tap = 0; tap < taps; tap++)
            {
                _weights.Pointer[(tap * padded) + c] = w.Values[(c * taps) + tap];
            }
        }
    }

    public int KernelH { get; }

    public int KernelW { get; }

    public int* Weights => _weights.Pointer;

    public int* Bias => _bias.Pointer;
}
