using QatGen;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace QuickStart;

/// <summary>A small residual network for 28 x 28 images: [N, 1, 28, 28] to [N, classes].</summary>
[QatModel(March.Bayes)]
[InputShape(1, 1, 28, 28)]
public sealed partial class Net : Module<Tensor, Tensor>
{
    private const int Width = 16;
    private const int Stages = 3;

    private readonly Conv2d conv = Conv2d(1, Width, kernel_size: 3, padding: 1, bias: false);
    private readonly BatchNorm2d bn = BatchNorm2d(Width);
    private readonly Sequential stages;
    private readonly AdaptiveAvgPool2d pool = AdaptiveAvgPool2d(1);
    private readonly Linear fc;

    public Net(int classes = 10) : base(nameof(Net))
    {
        var blocks = new List<(string, Module<Tensor, Tensor>)>();
        var channels = Width;
        for (var stage = 1; stage <= Stages; stage++)
        {
            blocks.Add(($"residual{stage}", new ResidualBlock(channels)));
            if (stage < Stages)
            {
                blocks.Add(($"down{stage}", Downsample(channels, channels * 2)));
                channels *= 2;
            }
        }

        stages = Sequential(blocks);
        fc = Linear(channels, classes);
        RegisterComponents();
    }

    /// <summary>Depthwise 3x3 with stride 2, then pointwise to more channels.</summary>
    private static Sequential Downsample(int input, int output) => Sequential(
        ("dw", Conv2d(input, input, kernel_size: 3, stride: 2, padding: 1, groups: input, bias: false)),
        ("bn1", BatchNorm2d(input)),
        ("relu1", ReLU(inplace: true)),
        ("pw", Conv2d(input, output, kernel_size: 1, bias: false)),
        ("bn2", BatchNorm2d(output)),
        ("relu2", ReLU(inplace: true)));

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        x = functional.relu(bn.call(conv.call(x)));
        x = stages.call(x);
        x = pool.call(x).flatten(1);
        return fc.call(x).MoveToOuterDisposeScope();
    }
}
