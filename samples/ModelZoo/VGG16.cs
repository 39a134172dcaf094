using QatGen;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>VGG, configuration D (Simonyan and Zisserman 2014): [N, 3, 224, 224] to [N, classes].</summary>
[QatModel(March.Bayes)]
[ModelArgs]
[InputShape(1, 3, 224, 224)]
public sealed partial class VGG16 : Module<Tensor, Tensor>
{
    private const int Hidden = 4096;

    private static readonly (int Convs, int Channels)[] Blocks = [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)];

    private readonly Sequential features;
    private readonly AdaptiveAvgPool2d avgpool = AdaptiveAvgPool2d([7, 7]);
    private readonly Sequential classifier;

    public VGG16(int classes = 1000, bool batchNorm = false) : base(nameof(VGG16))
    {
        features = Sequential(Features(batchNorm));
        classifier = Sequential(
            Linear(Blocks[^1].Channels * 7 * 7, Hidden), ReLU(true), Dropout(),
            Linear(Hidden, Hidden), ReLU(true), Dropout(),
            Linear(Hidden, classes));
        RegisterComponents();
    }

    private static IEnumerable<Module<Tensor, Tensor>> Features(bool batchNorm)
    {
        var input = 3;
        foreach (var (convs, channels) in Blocks)
        {
            for (var i = 0; i < convs; i++, input = channels)
            {
                yield return Conv2d(input, channels, kernel_size: 3, padding: 1);
                if (batchNorm)
                {
                    yield return BatchNorm2d(channels);
                }

                yield return ReLU(inplace: true);
            }

            yield return MaxPool2d(kernel_size: 2, stride: 2);
        }
    }

    public override Tensor forward(Tensor x) => classifier.call(avgpool.call(features.call(x)).flatten(1));
}
