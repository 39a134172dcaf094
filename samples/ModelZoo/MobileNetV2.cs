using QatGen;
using TorchSharp.Modules;
using static ModelZoo.ConvNormActivation;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>MobileNetV2 (Sandler et al., 2018): [N, 3, H, W] to [N, classes]. State keys are torchvision's.</summary>
[QatModel(March.Bayes)]
[ModelArgs]
[InputShape(1, 3, 224, 224)]
public sealed partial class MobileNetV2 : Module<Tensor, Tensor>
{
    private readonly Sequential features;
    private readonly Sequential classifier;

    public MobileNetV2(int classes = 1000, double width = 1.0, int roundTo = 8, double dropout = 0.2) : base(nameof(MobileNetV2))
    {
        // Expansion t, channels c, repeats n and stride s of the first repeat: Table 2 of the paper.
        var settings = new[]
        {
            (t: 1, c: 16, n: 1, s: 1),
            (t: 6, c: 24, n: 2, s: 2),
            (t: 6, c: 32, n: 3, s: 2),
            (t: 6, c: 64, n: 4, s: 2),
            (t: 6, c: 96, n: 3, s: 1),
            (t: 6, c: 160, n: 3, s: 2),
            (t: 6, c: 320, n: 1, s: 1),
        };
        var input = MakeDivisible(32 * width, roundTo);
        var last = MakeDivisible(1280 * Math.Max(1.0, width), roundTo);

        features = Sequential(ConvNorm(3, input, stride: 2, activation: () => ReLU6(inplace: true)));
        foreach (var (t, c, n, s) in settings)
        {
            var output = MakeDivisible(c * width, roundTo);
            for (var i = 0; i < n; i++)
            {
                features.append(new InvertedResidual(input, output, stride: i == 0 ? s : 1, expansion: t));
                input = output;
            }
        }

        features.append(ConvNorm(input, last, kernel: 1, activation: () => ReLU6(inplace: true)));
        classifier = Sequential(Dropout(dropout), Linear(last, classes));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        x = features.call(x);
        x = functional.adaptive_avg_pool2d(x, (1, 1));
        x = flatten(x, 1);
        return classifier.call(x).MoveToOuterDisposeScope();
    }
}

/// <summary>Expands, filters each channel and projects without an activation; adds its input where the shapes agree.</summary>
internal sealed class InvertedResidual : Module<Tensor, Tensor>
{
    private readonly bool useShortcut;
    private readonly Sequential conv;

    public InvertedResidual(int input, int output, int stride, int expansion) : base(nameof(InvertedResidual))
    {
        useShortcut = stride == 1 && input == output;
        var hidden = input * expansion;

        List<Module<Tensor, Tensor>> layers = [];
        if (expansion != 1)
            layers.Add(ConvNorm(input, hidden, kernel: 1, activation: Activation));
        layers.AddRange(
        [
            ConvNorm(hidden, hidden, stride: stride, groups: hidden, activation: Activation),
            Conv2d(hidden, output, kernel_size: 1, bias: false),
            BatchNorm2d(output),
        ]);
        conv = Sequential(layers);
        RegisterComponents();
    }

    private static ReLU6 Activation() => ReLU6(inplace: true);

    public override Tensor forward(Tensor x) => useShortcut ? x + conv.call(x) : conv.call(x);
}
