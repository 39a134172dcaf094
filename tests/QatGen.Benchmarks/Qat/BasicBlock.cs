using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace QatGen.Benchmarks.Qat;

/// <summary>Two 3x3 convolutions around an identity, or around a 1x1 convolution where the shape changes.</summary>
internal sealed class BasicBlock : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;
    private readonly ReLU relu = ReLU(inplace: true);
    private readonly Sequential? downsample;

    public BasicBlock(long inputs, long planes, long stride) : base(nameof(BasicBlock))
    {
        conv1 = Conv2d(inputs, planes, kernel_size: 3, stride: stride, padding: 1, bias: false);
        bn1 = BatchNorm2d(planes);
        conv2 = Conv2d(planes, planes, kernel_size: 3, padding: 1, bias: false);
        bn2 = BatchNorm2d(planes);
        if (stride != 1)
        {
            downsample = Sequential(Conv2d(inputs, planes, kernel_size: 1, stride: stride, bias: false), BatchNorm2d(planes));
        }

        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var y = relu.call(bn1.call(conv1.call(x)));
        y = bn2.call(conv2.call(y));
        return relu.call(y + (downsample is null ? x : downsample.call(x))).MoveToOuterDisposeScope();
    }
}
