using QatGen;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.nn.functional;

namespace ModelZoo;

/// <summary>MobileNet (Howard et al., 2017): [N, 3, H, W] to [N, classes]. <c>alpha</c> is the width multiplier.</summary>
[QatModel(March.Bayes)]
[ModelArgs]
[InputShape(1, 3, 224, 224)]
public sealed partial class MobileNetV1 : Module<Tensor, Tensor>
{
    /// <summary>Channels and stride of each depthwise separable block.</summary>
    private static readonly (int Channels, int Stride)[] Blocks =
    [
        (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2),
        (512, 1), (512, 1), (512, 1), (512, 1), (512, 1),
        (1024, 2), (1024, 1),
    ];

    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly ModuleList<DepthwiseSeparable> blocks = new();
    private readonly Dropout dropout;
    private readonly Linear fc;

    public MobileNetV1(int classes = 1000, double alpha = 1.0, double dropout = 0.001) : base(nameof(MobileNetV1))
    {
        int Scaled(int channels) => (int)(channels * alpha);

        var width = Scaled(32);
        conv1 = Conv2d(3, width, kernel_size: 3, stride: 2, padding: 1, bias: false);
        bn1 = BatchNorm2d(width);
        foreach (var (channels, stride) in Blocks)
        {
            blocks.Add(new DepthwiseSeparable(width, Scaled(channels), stride));
            width = Scaled(channels);
        }

        this.dropout = Dropout(dropout);
        fc = Linear(width, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        x = relu6(bn1.call(conv1.call(x)));
        foreach (var block in blocks)
            x = block.call(x);
        x = adaptive_avg_pool2d(x, 1).flatten(1);
        return fc.call(dropout.call(x)).MoveToOuterDisposeScope();
    }
}

/// <summary>A 3x3 convolution per channel, then a 1x1 convolution over all of them.</summary>
internal sealed class DepthwiseSeparable : Module<Tensor, Tensor>
{
    private readonly Conv2d dw;
    private readonly BatchNorm2d bn_dw;
    private readonly Conv2d pw;
    private readonly BatchNorm2d bn_pw;

    public DepthwiseSeparable(int input, int output, int stride) : base(nameof(DepthwiseSeparable))
    {
        dw = Conv2d(input, input, kernel_size: 3, stride: stride, padding: 1, groups: input, bias: false);
        bn_dw = BatchNorm2d(input);
        pw = Conv2d(input, output, kernel_size: 1, bias: false);
        bn_pw = BatchNorm2d(output);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        x = relu6(bn_dw.call(dw.call(x)));
        return relu6(bn_pw.call(pw.call(x)));
    }
}
