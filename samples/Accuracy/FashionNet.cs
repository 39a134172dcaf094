using QatGen;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Accuracy;

/// <summary>
/// The network of PyTorch's figures, with its names, so that its state dictionary loads as it is: stem, three residual and two depthwise blocks, 101,322 parameters. [N, 1, 28, 28] to [N, 10].
/// </summary>
[QatModel(March.Bayes)]
[InputShape(1, 1, 28, 28)]
public sealed partial class FashionNet : Module<Tensor, Tensor>
{
    private const int Width = 16;

    private readonly Conv2d conv = Conv2d(1, Width, kernel_size: 3, padding: 1, bias: false);
    private readonly BatchNorm2d bn = BatchNorm2d(Width);
    private readonly ResidualBlock b1 = new(Width), b2 = new(2 * Width), b3 = new(4 * Width);
    private readonly DepthwiseBlock d1 = new(Width, 2 * Width), d2 = new(2 * Width, 4 * Width);
    private readonly AdaptiveAvgPool2d pool = AdaptiveAvgPool2d(1);
    private readonly Linear fc = Linear(4 * Width, 10);

    public FashionNet() : base(nameof(FashionNet)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        x = functional.relu(bn.call(conv.call(x)));
        x = d1.call(b1.call(x));
        x = d2.call(b2.call(x));
        x = pool.call(b3.call(x)).flatten(1);
        return fc.call(x).MoveToOuterDisposeScope();
    }
}
