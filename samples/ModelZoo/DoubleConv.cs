using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>Twice a padded 3x3 convolution, batch norm and ReLU: UNet's only block.</summary>
public sealed class DoubleConv : Module<Tensor, Tensor>
{
    private readonly Sequential double_conv;

    public DoubleConv(int input, int output) : base(nameof(DoubleConv))
    {
        double_conv = Sequential(
            Conv2d(input, output, kernel_size: 3, padding: 1, bias: false),
            BatchNorm2d(output),
            ReLU(inplace: true),
            Conv2d(output, output, kernel_size: 3, padding: 1, bias: false),
            BatchNorm2d(output),
            ReLU(inplace: true));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => double_conv.call(x);
}
