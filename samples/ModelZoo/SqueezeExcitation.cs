using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>Scales each channel by a gate computed from the means of all channels (Hu et al., 2018): [N, C, H, W] to the same shape.</summary>
internal sealed class SqueezeExcitation : Module<Tensor, Tensor>
{
    private readonly AdaptiveAvgPool2d avgpool = AdaptiveAvgPool2d(1);
    private readonly Conv2d fc1;
    private readonly Conv2d fc2;
    private readonly Module<Tensor, Tensor> activation;
    private readonly Module<Tensor, Tensor> scale_activation;

    public SqueezeExcitation(long channels, long squeezed, Module<Tensor, Tensor> activation, Module<Tensor, Tensor> gate) : base(nameof(SqueezeExcitation))
    {
        fc1 = Conv2d(channels, squeezed, kernel_size: 1);
        fc2 = Conv2d(squeezed, channels, kernel_size: 1);
        this.activation = activation;
        scale_activation = gate;
        RegisterComponents();
    }

    private Tensor Scale(Tensor x)
    {
        var scale = avgpool.call(x);
        scale = activation.call(fc1.call(scale));
        return scale_activation.call(fc2.call(scale));
    }

    public override Tensor forward(Tensor x) => Scale(x) * x;
}
