using QatGen;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>
/// EfficientNet (Tan and Le, 2019): [N, 3, H, W] to [N, classes]; B0 by default, larger ones by <c>width</c> and <c>depth</c>. State keys are torchvision's.
/// Stochastic depth, which only acts in training, is left out.
/// </summary>
[QatModel(March.Bayes)]
[ModelArgs]
[InputShape(1, 3, 224, 224)]
public sealed partial class EfficientNetB0 : Module<Tensor, Tensor>
{
    private static readonly IReadOnlyList<MBConvSetting> Settings =
    [
        new() { Kernel = 3, Stride = 1, Expand = 1, Input = 32, Output = 16, Layers = 1 },
        new() { Kernel = 3, Stride = 2, Expand = 6, Input = 16, Output = 24, Layers = 2 },
        new() { Kernel = 5, Stride = 2, Expand = 6, Input = 24, Output = 40, Layers = 2 },
        new() { Kernel = 3, Stride = 2, Expand = 6, Input = 40, Output = 80, Layers = 3 },
        new() { Kernel = 5, Stride = 1, Expand = 6, Input = 80, Output = 112, Layers = 3 },
        new() { Kernel = 5, Stride = 2, Expand = 6, Input = 112, Output = 192, Layers = 4 },
        new() { Kernel = 3, Stride = 1, Expand = 6, Input = 192, Output = 320, Layers = 1 },
    ];

    private readonly Sequential features;
    private readonly AdaptiveAvgPool2d avgpool = AdaptiveAvgPool2d(1);
    private readonly Sequential classifier;

    public EfficientNetB0(int classes = 1000, double width = 1.0, double depth = 1.0, double dropout = 0.2) : base(nameof(EfficientNetB0))
    {
        var settings = Settings.Select(s => s.Scaled(width, depth)).ToList();
        var last = 4 * settings[^1].Output;

        var stages = new List<Module<Tensor, Tensor>>
        {
            ConvNormActivation.ConvNorm(3, settings[0].Input, stride: 2, activation: MBConv.Activation),
        };
        foreach (var setting in settings)
        {
            var repeated = setting with { Input = setting.Output, Stride = 1 };
            var stage = Enumerable.Repeat(repeated, setting.Layers - 1).Prepend(setting).Select(s => new MBConv(s));
            stages.Add(Sequential(stage));
        }

        stages.Add(ConvNormActivation.ConvNorm(settings[^1].Output, last, kernel: 1, activation: MBConv.Activation));
        features = Sequential(stages);
        classifier = Sequential(Dropout(dropout, inplace: true), Linear(last, classes));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using (var scope = NewDisposeScope())
        {
            x = avgpool.call(features.call(x));
            return scope.MoveToOuter(classifier.call(x.flatten(1)));
        }
    }
}

/// <summary>A row of the paper's Table 1: <see cref="Layers"/> blocks, of which the first has the stride and changes the width.</summary>
internal sealed record MBConvSetting
{
    public required int Kernel { get; init; }
    public required int Stride { get; init; }
    public required int Expand { get; init; }
    public required int Input { get; init; }
    public required int Output { get; init; }
    public required int Layers { get; init; }

    public MBConvSetting Scaled(double width, double depth) => this with
    {
        Input = ConvNormActivation.MakeDivisible(Input * width),
        Output = ConvNormActivation.MakeDivisible(Output * width),
        Layers = (int)Math.Ceiling(Layers * depth),
    };
}

/// <summary>A mobile inverted bottleneck with squeeze-and-excitation.</summary>
internal sealed class MBConv : Module<Tensor, Tensor>
{
    private readonly Sequential block;
    private readonly bool hasShortcut;

    public MBConv(MBConvSetting s) : base(nameof(MBConv))
    {
        var expanded = s.Input * s.Expand;
        var squeeze = new SqueezeExcitation(expanded, Math.Max(1, s.Input / 4), Activation(), Sigmoid());

        block = Sequential();
        if (expanded != s.Input)
            block.append(ConvNormActivation.ConvNorm(s.Input, expanded, kernel: 1, activation: Activation));
        block
            .append(ConvNormActivation.ConvNorm(expanded, expanded, s.Kernel, s.Stride, groups: expanded, Activation))
            .append(squeeze)
            .append(ConvNormActivation.ConvNorm(expanded, s.Output, kernel: 1));
        hasShortcut = s is { Stride: 1 } && s.Input == s.Output;
        RegisterComponents();
    }

    public static Module<Tensor, Tensor> Activation() => SiLU(inplace: true);

    public override Tensor forward(Tensor x)
    {
        var y = block.call(x);
        return hasShortcut ? y.add_(x) : y;
    }
}
