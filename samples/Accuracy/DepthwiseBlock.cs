using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Accuracy;

/// <summary>Depthwise 3x3 with stride 2, then pointwise to more channels.</summary>
internal sealed class DepthwiseBlock : Module<Tensor, Tensor>
{
    private readonly Conv2d dw, pw;
    private readonly BatchNorm2d bn1, bn2;

    public DepthwiseBlock(int input, int output) : base(nameof(DepthwiseBlock))
    {
        dw = Conv2d(input, input, kernel_size: 3, stride: 2, padding: 1, groups: input, bias: false);
        bn1 = BatchNorm2d(input);
        pw = Conv2d(input, output, kernel_size: 1, bias: false);
        bn2 = BatchNorm2d(output);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        x = functional.relu(bn1.call(dw.call(x)));
        return functional.relu(bn2.call(pw.call(x)));
    }
}
