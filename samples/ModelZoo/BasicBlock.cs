using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>Two 3x3 convolutions around an identity.</summary>
internal sealed class BasicBlock : Module<Tensor, Tensor>
{
    public const int Expansion = 1;

    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly ReLU relu;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;
    private readonly Module<Tensor, Tensor>? downsample;

    public BasicBlock(long inplanes, long planes, long stride = 1, Module<Tensor, Tensor>? downsample = null) : base(nameof(BasicBlock))
    {
        conv1 = Conv3x3(inplanes, planes, stride);
        bn1 = BatchNorm2d(planes);
        relu = ReLU(inplace: true);
        conv2 = Conv3x3(planes, planes);
        bn2 = BatchNorm2d(planes);
        this.downsample = downsample;
        RegisterComponents();
    }

    private static Conv2d Conv3x3(long input, long output, long stride = 1) => Conv2d(input, output, kernel_size: 3, stride: stride, padding: 1, bias: false);

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var identity = downsample is null ? x : downsample.call(x);

        var output = conv1.call(x);
        output = bn1.call(output);
        output = relu.forward(output);
        output = conv2.call(output);
        output = bn2.call(output);

        output += identity;
        return relu.forward(output).MoveToOuterDisposeScope();
    }
}
