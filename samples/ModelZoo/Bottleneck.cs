using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>1x1, 3x3 (which carries the stride: "ResNet v1.5"; grouped in ResNeXt) and 1x1 convolution around an identity.</summary>
internal sealed class Bottleneck : Module<Tensor, Tensor>
{
    public const int Expansion = 4;

    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;
    private readonly Conv2d conv3;
    private readonly BatchNorm2d bn3;
    private readonly Module<Tensor, Tensor>? downsample;

    public Bottleneck(long inplanes, long planes, long stride = 1, Module<Tensor, Tensor>? downsample = null, int groups = 1, int baseWidth = 64)
        : base(nameof(Bottleneck))
    {
        var width = (long)(planes * (baseWidth / 64.0)) * groups;
        (conv1, bn1) = (Conv2d(inplanes, width, 1, bias: false), BatchNorm2d(width));
        (conv2, bn2) = (Conv2d(width, width, 3, stride, padding: 1, groups: groups, bias: false), BatchNorm2d(width));
        (conv3, bn3) = (Conv2d(width, planes * Expansion, 1, bias: false), BatchNorm2d(planes * Expansion));
        this.downsample = downsample;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var y = functional.relu(bn1.call(conv1.call(x)), inplace: true);
        y = functional.relu(bn2.call(conv2.call(y)), inplace: true);
        y = bn3.call(conv3.call(y));
        y.add_(downsample?.call(x) ?? x);
        return y.relu_().MoveToOuterDisposeScope();
    }
}
