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

    /// <summary>The sum of each window, exact for integers: a convolution of each channel with ones, on a map padded to the windows.</summary>
    public static Tensor Sum(Tensor x, PoolGeometry geometry)
    {
        if (geometry.IsGlobal)
        {
            return x.sum([2, 3], keepdim: true);
        }

        var (height, width) = (geometry.OutputHeight((int)x.shape[2]), geometry.OutputWidth((int)x.shape[3]));
        var bottom = ((height - 1) * geometry.StrideH) + geometry.KernelH - geometry.PadH - x.shape[2];
        var right = ((width - 1) * geometry.StrideW) + geometry.KernelW - geometry.PadW - x.shape[3];
        var padded = nn.functional.pad(x, [geometry.PadW, right, geometry.PadH, bottom]);
        var channels = x.shape[1];
        return nn.functional.conv2d(padded, ones([channels, 1, geometry.KernelH, geometry.KernelW], x.dtype), strides: [geometry.StrideH, geometry.StrideW], groups: channels);
    }
}
