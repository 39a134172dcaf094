using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>A convolution with batch norm and ReLU that keeps height and width: 1x1 for rate 1, else 3x3 dilated by the rate.</summary>
public class AsppBranch : Module<Tensor, Tensor>
{
    private readonly Conv2d conv;
    private readonly BatchNorm2d bn;

    public AsppBranch(int input, int output, int rate = 1) : base(nameof(AsppBranch))
    {
        conv = rate == 1
            ? Conv2d(input, output, kernel_size: 1, bias: false)
            : Conv2d(input, output, kernel_size: 3, padding: rate, dilation: rate, bias: false);
        bn = BatchNorm2d(output);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => functional.relu(bn.call(conv.call(x)));
}
