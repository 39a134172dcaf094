using QatGen;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Accuracy;

/// <summary>MobileNetV2 (Sandler et al., 2018) for 32 x 32 images: seven inverted residual blocks of expansion 4. [N, 3, 32, 32] to [N, classes].</summary>
[QatModel(March.Bayes)]
[InputShape(1, 3, 32, 32)]
public sealed partial class MobileNetV2Small : Module<Tensor, Tensor>
{
    private const int Stem = 16;
    private const int Last = 160;

    private readonly Sequential features;
    private readonly Linear classifier;

    public MobileNetV2Small(int classes = 9) : base(nameof(MobileNetV2Small))
    {
        // Channels, repeats, stride of the first repeat.
        var settings = new[] { (16, 1, 1), (24, 2, 2), (32, 2, 2), (48, 2, 1) };
        var input = Stem;
        features = Sequential(InvertedResidual.ConvNorm(3, Stem, kernel: 3, stride: 2));
        foreach (var (output, repeats, stride) in settings)
        {
            for (var i = 0; i < repeats; i++)
            {
                features.append(new InvertedResidual(input, output, i == 0 ? stride : 1));
                input = output;
            }
        }

        features.append(InvertedResidual.ConvNorm(input, Last));
        classifier = Linear(Last, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        x = functional.adaptive_avg_pool2d(features.call(x), (1, 1));
        return classifier.call(x.flatten(1)).MoveToOuterDisposeScope();
    }
}
