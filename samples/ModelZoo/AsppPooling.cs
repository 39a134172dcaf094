using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>The image level branch: the mean of every channel through a 1x1 convolution, spread over the map again.</summary>
public sealed class AsppPooling(int input, int output) : AsppBranch(input, output)
{
    public override Tensor forward(Tensor x)
    {
        var size = x.shape[2..];
        x = base.forward(functional.adaptive_avg_pool2d(x, 1));
        return functional.interpolate(x, size, mode: InterpolationMode.Bilinear, align_corners: false);
    }
}
