using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>Convolution without bias, batch normalization, ReLU.</summary>
internal sealed class BasicConv2d : Module<Tensor, Tensor>
{
    private readonly Conv2d conv;
    private readonly BatchNorm2d bn;

    public BasicConv2d(long input, long output, long kernelSize = 1, long stride = 1, long padding = 0) : base(nameof(BasicConv2d))
    {
        conv = Conv2d(input, output, kernelSize, stride, padding, bias: false);
        bn = BatchNorm2d(output, eps: 0.001);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return bn.call(conv.call(x)).relu_().MoveToOuterDisposeScope();
    }
}
