using QatGen;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>MobileNetV4-Conv-S (Qin et al., 2024): [N, 3, H, W] to [N, classes].</summary>
[QatModel(March.Bayes)]
[InputShape(1, 3, 224, 224)]
public sealed partial class MobileNetV4ConvSmall : Module<Tensor, Tensor>
{
    private static readonly Dictionary<string, Uib[]> Stages = new()
    {
        ["stage3"] =
        [
            new(Output: 96, Expansion: 3, StartKernel: 5, MiddleKernel: 5, Stride: 2),
            new(96, 2, MiddleKernel: 3),
            new(96, 2, MiddleKernel: 3),
            new(96, 2, MiddleKernel: 3),
            new(96, 2, MiddleKernel: 3),
            new(96, 4, StartKernel: 3),
        ],
        ["stage4"] =
        [
            new(128, 6, StartKernel: 3, MiddleKernel: 3, Stride: 2),
            new(128, 4, StartKernel: 5, MiddleKernel: 5),
            new(128, 4, MiddleKernel: 5),
            new(128, 3, MiddleKernel: 5),
            new(128, 4, MiddleKernel: 3),
            new(128, 4, MiddleKernel: 3),
        ],
    };

    private readonly Sequential stem;
    private readonly Sequential stage1;
    private readonly Sequential stage2;
    private readonly ModuleList<UniversalInvertedBottleneck> blocks = new();
    private readonly Sequential conv_last;
    private readonly Sequential conv_head;
    private readonly Linear classifier;

    public MobileNetV4ConvSmall(int classes = 1000) : base(nameof(MobileNetV4ConvSmall))
    {
        stem = UniversalInvertedBottleneck.Conv(3, 32, kernel: 3, stride: 2);
        stage1 = FusedInvertedBottleneck(32, 32, 32);
        stage2 = FusedInvertedBottleneck(32, 96, 64);

        var channels = 64;
        foreach (var setting in Stages.Values.SelectMany(static stage => stage))
        {
            blocks.append(new UniversalInvertedBottleneck(channels, setting));
            channels = setting.Output;
        }

        conv_last = UniversalInvertedBottleneck.Conv(channels, 960);
        conv_head = UniversalInvertedBottleneck.Conv(960, 1280);
        classifier = Linear(1280, classes);
        RegisterComponents();
    }

    /// <summary>A 3x3 convolution with stride 2 that expands, then a 1x1 convolution; both with an activation.</summary>
    private static Sequential FusedInvertedBottleneck(int input, int expanded, int output) => Sequential(
        ("expand", UniversalInvertedBottleneck.Conv(input, expanded, kernel: 3, stride: 2)),
        ("project", UniversalInvertedBottleneck.Conv(expanded, output)));

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        x = stage2.call(stage1.call(stem.call(x)));
        foreach (var block in blocks)
            x = block.call(x);
        x = conv_last.call(x).mean([2, 3], keepdim: true);
        x = conv_head.call(x);
        return classifier.call(x.squeeze(-1).squeeze(-1)).MoveToOuterDisposeScope();
    }
}

/// <summary>What is chosen of a universal inverted bottleneck; a kernel of 0 leaves its depthwise convolution out.</summary>
internal readonly record struct Uib(int Output, int Expansion, int StartKernel = 0, int MiddleKernel = 0, int Stride = 1);

/// <summary>Optional depthwise convolution, expansion, optional depthwise convolution, projection; the last depthwise convolution has the stride.</summary>
internal sealed class UniversalInvertedBottleneck : Module<Tensor, Tensor>
{
    private readonly Sequential? dw_start;
    private readonly Sequential pw_exp;
    private readonly Sequential? dw_mid;
    private readonly Sequential pw_proj;
    private readonly bool residual;

    public UniversalInvertedBottleneck(int input, Uib setting) : base(nameof(UniversalInvertedBottleneck))
    {
        var expanded = input * setting.Expansion;
        var (startStride, middleStride) = setting.MiddleKernel > 0 ? (1, setting.Stride) : (setting.Stride, 1);

        if (setting.StartKernel > 0)
            dw_start = Conv(input, input, setting.StartKernel, startStride, groups: input, activation: false);
        pw_exp = Conv(input, expanded);
        dw_mid = setting.MiddleKernel > 0 ? Conv(expanded, expanded, setting.MiddleKernel, middleStride, groups: expanded) : null;
        pw_proj = Conv(expanded, setting.Output, activation: false);
        residual = setting.Stride == 1 && input == setting.Output;
        RegisterComponents();
    }

    public static Sequential Conv(int input, int output, int kernel = 1, int stride = 1, int groups = 1, bool activation = true)
    {
        var conv = Conv2d(input, output, kernel, stride, padding: kernel / 2, groups: groups, bias: false);
        var bn = BatchNorm2d(output);
        return activation ? Sequential(("conv", conv), ("bn", bn), ("act", ReLU())) : Sequential(("conv", conv), ("bn", bn));
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var y = dw_start is null ? x : dw_start.call(x);
        y = pw_exp.call(y);
        y = dw_mid?.call(y) ?? y;
        y = pw_proj.call(y);
        if (residual)
            y = y + x;
        return y.MoveToOuterDisposeScope();
    }
}
