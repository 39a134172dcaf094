using QatGen.Primitives;
using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>Pooling through libtorch.</summary>
internal static class TorchPool
{
    public static Tensor Max(Tensor x, PoolGeometry geometry)
    {
        var g = geometry.For((int)x.shape[2], (int)x.shape[3]);
        return nn.functional.max_pool2d(x, [g.KernelH, g.KernelW], [g.StrideH, g.StrideW], [g.PadH, g.PadW], [g.DilationH, g.DilationW], g.CeilMode);
    }

    /// <summary>The mean of each window as PyTorch counts.</summary>
    public static Tensor Average(Tensor x, PoolGeometry geometry, AverageCount count)
    {
        var g = geometry.For((int)x.shape[2], (int)x.shape[3]);
        return nn.functional.avg_pool2d(x, [g.KernelH, g.KernelW], [g.StrideH, g.StrideW], [g.PadH, g.PadW], g.CeilMode, count.IncludePad, count.DivisorOverride == 0 ? null : count.DivisorOverride);
    }

    /// <summary>The sum of each window, exact for integers below 2^24 in float32: libtorch adds up a window and then divides by the override.</summary>
    public static Tensor Sum(Tensor x, PoolGeometry geometry) => geometry.IsGlobal ? x.sum([2, 3], keepdim: true) : Average(x, geometry, new(DivisorOverride: 1));
}
