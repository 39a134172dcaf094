using QatGen;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>
/// VarGNet (Zhang et al., 2019): [N, 3, H, W] to [N, classes], of convolutions whose groups all have the same number of channels, however many groups that makes. The blocks are the paper's
/// idea; numbers of blocks and widths are a choice, since no table of its layers was at hand.
/// </summary>
[QatModel(March.Bayes)]
[ModelArgs]
[InputShape(1, 3, 224, 224)]
public sealed partial class VarGNet : Module<Tensor, Tensor>
{
    /// <summary>Channels and number of blocks of each stage; the first block halves the image.</summary>
    private static readonly (int Channels, int Blocks)[] Stages = [(64, 3), (128, 7), (256, 4)];

    private readonly Sequential features;
    private readonly AdaptiveAvgPool2d pool = AdaptiveAvgPool2d(1);
    private readonly Linear classifier;

    public VarGNet(int classes = 1000, int groupChannels = 8, int last = 1024) : base(nameof(VarGNet))
    {
        var width = 32;
        var layers = new List<Module<Tensor, Tensor>>
        {
            ConvNormActivation.ConvNorm(3, width, stride: 2, activation: () => ReLU()),
            VarGBlock.Separable(width, width, groupChannels, stride: 2, activation: () => ReLU()),
        };
        foreach (var (channels, blocks) in Stages)
        {
            for (var i = 0; i < blocks; i++)
                layers.Add(new VarGBlock(i == 0 ? width : channels, channels, groupChannels, stride: i == 0 ? 2 : 1));
            width = channels;
        }

        layers.Add(ConvNormActivation.ConvNorm(width, last, kernel: 1, activation: () => ReLU()));
        features = Sequential(layers);
        classifier = Linear(last, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return classifier.call(pool.call(features.call(x)).flatten(1)).MoveToOuterDisposeScope();
    }
}
