using QatGen;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>
/// MobileOne-S0 (Vasu et al., 2023) in its deploy form, where every block is one convolution with a bias: [N, 3, H, W] to [N, classes].
/// State keys are the reference implementation's.
/// </summary>
[QatModel(March.Bayes)]
[ModelArgs]
[InputShape(1, 3, 224, 224)]
public sealed partial class MobileOneS0 : Module<Tensor, Tensor>
{
    private static readonly int[] BlocksPerStage = [2, 8, 10, 1];

    private readonly MobileOneBlock stage0;
    private readonly Sequential stage1;
    private readonly Sequential stage2;
    private readonly Sequential stage3;
    private readonly Sequential stage4;
    private readonly AdaptiveAvgPool2d gap = AdaptiveAvgPool2d(1);
    private readonly Linear linear;
    private int planes;

    public MobileOneS0(int classes = 1000, params double[] widths) : base(nameof(MobileOneS0))
    {
        if (widths.Length == 0)
            widths = [0.75, 1.0, 1.0, 2.0];

        planes = Math.Min(64, (int)(64 * widths[0]));
        stage0 = new MobileOneBlock(3, planes, kernel: 3, stride: 2, padding: 1);
        stage1 = MakeStage((int)(64 * widths[0]), BlocksPerStage[0]);
        stage2 = MakeStage((int)(128 * widths[1]), BlocksPerStage[1]);
        stage3 = MakeStage((int)(256 * widths[2]), BlocksPerStage[2]);
        stage4 = MakeStage((int)(512 * widths[3]), BlocksPerStage[3]);
        linear = Linear(planes, classes);
        RegisterComponents();
    }

    /// <summary>Pairs of a depthwise and a pointwise block; the first pair halves the image.</summary>
    private Sequential MakeStage(int width, int count)
    {
        var stage = Sequential();
        for (var i = 0; i < count; i++, planes = width)
        {
            var stride = i == 0 ? 2 : 1;
            stage.append(new MobileOneBlock(planes, planes, kernel: 3, stride, padding: 1, groups: planes));
            stage.append(new MobileOneBlock(planes, width, kernel: 1, stride: 1, padding: 0));
        }

        return stage;
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        x = stage0.call(x);
        x = stage1.call(x);
        x = stage2.call(x);
        x = stage3.call(x);
        x = stage4.call(x);
        x = gap.call(x);
        x = x.view(x.size(0), -1);
        return linear.call(x).MoveToOuterDisposeScope();
    }
}

/// <summary>The convolution into which the branches of a training block were folded, and ReLU.</summary>
internal sealed class MobileOneBlock : Module<Tensor, Tensor>
{
    private readonly Conv2d reparam_conv;
    private readonly ReLU activation = ReLU();

    public MobileOneBlock(int input, int output, int kernel, int stride, int padding, int groups = 1) : base(nameof(MobileOneBlock))
    {
        reparam_conv = Conv2d(input, output, kernel, stride, padding, groups: groups);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => activation.call(reparam_conv.call(x));
}
