using QatGen;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>GoogLeNet (Szegedy et al. 2014) for inference, without auxiliary heads: [N, 3, 224, 224] to [N, classes].</summary>
[QatModel(March.Bayes)]
[ModelArgs]
[InputShape(1, 3, 224, 224)]
public sealed partial class GoogLeNet : Module<Tensor, Tensor>
{
    private readonly bool transformInput;

    private readonly BasicConv2d conv1 = new(3, 64, kernelSize: 7, stride: 2, padding: 3);
    private readonly MaxPool2d maxpool1 = MaxPool2d(3, stride: 2, ceil_mode: true);
    private readonly BasicConv2d conv2 = new(64, 64);
    private readonly BasicConv2d conv3 = new(64, 192, kernelSize: 3, padding: 1);
    private readonly MaxPool2d maxpool2 = MaxPool2d(3, stride: 2, ceil_mode: true);

    private readonly Inception inception3a = new(192, new(64, 96, 128, 16, 32, 32));
    private readonly Inception inception3b = new(256, new(128, 128, 192, 32, 96, 64));
    private readonly MaxPool2d maxpool3 = MaxPool2d(3, stride: 2, ceil_mode: true);

    private readonly Inception inception4a = new(480, new(192, 96, 208, 16, 48, 64));
    private readonly Inception inception4b = new(512, new(160, 112, 224, 24, 64, 64));
    private readonly Inception inception4c = new(512, new(128, 128, 256, 24, 64, 64));
    private readonly Inception inception4d = new(512, new(112, 144, 288, 32, 64, 64));
    private readonly Inception inception4e = new(528, new(256, 160, 320, 32, 128, 128));
    private readonly MaxPool2d maxpool4 = MaxPool2d(2, stride: 2, ceil_mode: true);

    private readonly Inception inception5a = new(832, new(256, 160, 320, 32, 128, 128));
    private readonly Inception inception5b;

    private readonly AdaptiveAvgPool2d avgpool = AdaptiveAvgPool2d(1);
    private readonly Dropout dropout;
    private readonly Linear fc;

    /// <summary><paramref name="transformInput"/>: the images are normalized by the statistics of ImageNet, the weights expect [-1, 1].</summary>
    public GoogLeNet(int classes = 1000, bool transformInput = false, double dropout = 0.2) : base(nameof(GoogLeNet))
    {
        var last = new InceptionWidths(Ch1x1: 384, Ch3x3Red: 192, Ch3x3: 384, Ch5x5Red: 48, Ch5x5: 128, PoolProj: 128);
        this.transformInput = transformInput;
        inception5b = new Inception(832, last);
        this.dropout = Dropout(dropout);
        fc = Linear(last.Output, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        if (transformInput)
        {
            x = Rescale(x);
        }

        x = Stem(x);
        x = maxpool3.call(inception3b.call(inception3a.call(x)));

        foreach (var inception in new[] { inception4a, inception4b, inception4c, inception4d, inception4e })
        {
            x = inception.call(x);
        }

        x = inception5a.call(maxpool4.call(x));
        x = avgpool.call(inception5b.call(x));
        x = dropout.call(x.flatten(1));
        return fc.call(x).MoveToOuterDisposeScope();
    }

    private Tensor Stem(Tensor x)
    {
        x = maxpool1.call(conv1.call(x));
        x = conv3.call(conv2.call(x));
        return maxpool2.call(x);
    }

    private static Tensor Rescale(Tensor x)
    {
        var red = x[.., 0].unsqueeze(1) * (0.229 / 0.5) + (0.485 - 0.5) / 0.5;
        var green = x[.., 1].unsqueeze(1) * (0.224 / 0.5) + (0.456 - 0.5) / 0.5;
        var blue = x[.., 2].unsqueeze(1) * (0.225 / 0.5) + (0.406 - 0.5) / 0.5;
        return cat([red, green, blue], 1);
    }
}
