using QatGen;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>MobileNetV3-Large (Howard et al., 2019): [N, 3, H, W] to [N, classes]. State keys are torchvision's.</summary>
[QatModel(March.Bayes)]
[InputShape(1, 3, 224, 224)]
public sealed partial class MobileNetV3Large : Module<Tensor, Tensor>
{
    private readonly Sequential features;
    private readonly AdaptiveAvgPool2d avgpool = AdaptiveAvgPool2d(1);
    private readonly Sequential classifier;

    public MobileNetV3Large(int classes = 1000, int lastChannels = 1280, double dropout = 0.2) : base(nameof(MobileNetV3Large))
    {
        MobileNetV3Setting[] settings =
        [
            new(Input: 16, Kernel: 3, Expanded: 16, Output: 16, SqueezeExcite: false, Hardswish: false, Stride: 1),
            new(16, 3, 64, 24, false, false, 2),
            new(24, 3, 72, 24, false, false, 1),
            new(24, 5, 72, 40, true, false, 2),
            new(40, 5, 120, 40, true, false, 1),
            new(40, 5, 120, 40, true, false, 1),
            new(40, 3, 240, 80, false, true, 2),
            new(80, 3, 200, 80, false, true, 1),
            new(80, 3, 184, 80, false, true, 1),
            new(80, 3, 184, 80, false, true, 1),
            new(80, 3, 480, 112, true, true, 1),
            new(112, 3, 672, 112, true, true, 1),
            new(112, 5, 672, 160, true, true, 2),
            new(160, 5, 960, 160, true, true, 1),
            new(160, 5, 960, 160, true, true, 1),
        ];
        var (first, last) = (settings[0].Input, settings[^1].Output);

        features = Sequential(
        [
            MobileNetV3Block.Conv(3, first, stride: 2, hardswish: true),
            .. settings.Select(static s => new MobileNetV3Block(s)),
            MobileNetV3Block.Conv(last, 6 * last, kernel: 1, hardswish: true),
        ]);
        classifier = Sequential(
            Linear(6 * last, lastChannels),
            Hardswish(inplace: true),
            Dropout(dropout, inplace: true),
            Linear(lastChannels, classes));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = features.call(input);
        x = avgpool.call(x);
        x = x.flatten(start_dim: 1);
        x = classifier.call(x);
        return x.MoveToOuterDisposeScope();
    }
}

/// <summary>A row of the paper's Table 1.</summary>
internal sealed record MobileNetV3Setting(int Input, int Kernel, int Expanded, int Output, bool SqueezeExcite, bool Hardswish, int Stride)
{
    public bool HasShortcut => Stride == 1 && Input == Output;
}

/// <summary>An inverted residual with an optional squeeze-and-excitation before the projection.</summary>
internal sealed class MobileNetV3Block : Module<Tensor, Tensor>
{
    private readonly Sequential block;
    private readonly bool hasShortcut;

    public MobileNetV3Block(MobileNetV3Setting setting) : base(nameof(MobileNetV3Block))
    {
        var (input, kernel, expanded, output, squeezeExcite, hardswish, stride) = setting;
        var layers = new List<Module<Tensor, Tensor>>();
        if (expanded != input)
            layers.Add(Conv(input, expanded, kernel: 1, hardswish: hardswish));
        layers.Add(Conv(expanded, expanded, kernel, stride, groups: expanded, hardswish));
        if (squeezeExcite)
            layers.Add(new SqueezeExcitation(expanded, ConvNormActivation.MakeDivisible(expanded / 4), ReLU(), Hardsigmoid()));
        layers.Add(Conv(expanded, output, kernel: 1, hardswish: null));

        block = Sequential(layers.ToArray());
        hasShortcut = setting.HasShortcut;
        RegisterComponents();
    }

    /// <summary>Convolution, batch norm with the paper's statistics, and h-swish (true), ReLU (false) or nothing (null).</summary>
    public static Sequential Conv(int input, int output, int kernel = 3, int stride = 1, int groups = 1, bool? hardswish = null)
    {
        Func<Module<Tensor, Tensor>>? activation = hardswish switch
        {
            true => static () => Hardswish(inplace: true),
            false => static () => ReLU(inplace: true),
            null => null,
        };
        return ConvNormActivation.ConvNorm(input, output, kernel, stride, groups, activation, eps: 0.001, momentum: 0.01);
    }

    public override Tensor forward(Tensor x)
    {
        var result = block.call(x);
        if (hasShortcut)
            result += x;
        return result;
    }
}
