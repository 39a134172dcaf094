using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>Convolution, batch norm and SiLU; half the kernel as padding unless told otherwise.</summary>
public sealed class YoloConv : Module<Tensor, Tensor>
{
    private readonly Conv2d conv;
    private readonly BatchNorm2d bn;
    private readonly SiLU act = SiLU(inplace: true);

    public YoloConv(int input, int output, int kernel = 1, int stride = 1, int? padding = null) : base(nameof(YoloConv))
    {
        conv = Conv2d(input, output, kernel, stride, padding ?? kernel / 2, bias: false);
        bn = BatchNorm2d(output, eps: 1e-3, momentum: 0.03);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => act.call(bn.call(conv.call(x)));
}
