using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>The merged block: 3x3 convolution with bias, ReLU.</summary>
internal sealed class RepVGGBlock : Module<Tensor, Tensor>
{
    private readonly Conv2d rbr_reparam;
    private readonly ReLU nonlinearity = ReLU();

    public RepVGGBlock(long input, long output, long stride = 1) : base(nameof(RepVGGBlock))
    {
        rbr_reparam = Conv2d(input, output, kernel_size: 3, stride, padding: 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var y = rbr_reparam.call(x);
        return nonlinearity.forward(y);
    }
}
