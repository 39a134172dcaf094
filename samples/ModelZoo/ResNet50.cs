using QatGen;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>ResNet of 3, 4, 6, 3 bottlenecks.</summary>
[QatModel(March.Bayes)]
[InputShape(1, 3, 224, 224)]
public sealed partial class ResNet50 : ResNet
{
    public ResNet50(int classes = 1000) : base(nameof(ResNet50), Block, Bottleneck.Expansion, layers: [3, 4, 6, 3], classes)
    {
    }

    private static Bottleneck Block(long inplanes, long planes, long stride, Module<Tensor, Tensor>? downsample) => new(inplanes, planes, stride, downsample);
}
