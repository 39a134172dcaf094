using QatGen;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>
/// BlazeFace (Bazarevsky et al., 2019), the network for the front camera as MediaPipe ships it (single blocks, 3x3, batch norms folded):
/// [N, 3, 128, 128] to the boxes with six keypoints, [N, 896, 16], and the scores, [N, 896, 1], both before decoding.
/// </summary>
[QatModel(March.Bayes)]
[InputShape(1, 3, 128, 128)]
public sealed partial class BlazeFace : Module<Tensor, (Tensor Boxes, Tensor Scores)>
{
    private const int Coordinates = 16;

    private readonly Conv2d stem;
    private readonly Sequential backbone8;
    private readonly Sequential backbone16;
    private readonly Conv2d classifier_8;
    private readonly Conv2d classifier_16;
    private readonly Conv2d regressor_8;
    private readonly Conv2d regressor_16;

    public BlazeFace(int anchors8 = 2, int anchors16 = 6) : base(nameof(BlazeFace))
    {
        stem = Conv2d(3, 24, kernel_size: 5, stride: 2);
        backbone8 = Chain(24, (24, 1), (28, 1), (32, 2), (36, 1), (42, 1), (48, 2), (56, 1), (64, 1), (72, 1), (80, 1), (88, 1));
        backbone16 = Chain(88, (96, 2), (96, 1), (96, 1), (96, 1), (96, 1));
        (classifier_8, regressor_8) = Head(88, anchors8);
        (classifier_16, regressor_16) = Head(96, anchors16);
        RegisterComponents();
    }

    private static Sequential Chain(int input, params (int Channels, int Stride)[] blocks)
    {
        var modules = new Module<Tensor, Tensor>[blocks.Length];
        for (var i = 0; i < blocks.Length; i++)
        {
            modules[i] = new BlazeBlock(input, blocks[i].Channels, blocks[i].Stride);
            input = blocks[i].Channels;
        }

        return Sequential(modules);
    }

    private static (Conv2d Classifier, Conv2d Regressor) Head(int channels, int anchors) =>
        (Conv2d(channels, anchors, kernel_size: 1), Conv2d(channels, anchors * Coordinates, kernel_size: 1));

    public override (Tensor Boxes, Tensor Scores) forward(Tensor x)
    {
        using var scope = NewDisposeScope();

        // TensorFlow's SAME padding: with stride 2 the odd pixel lies at the right and the bottom.
        x = functional.pad(x, [1, 2, 1, 2]);
        var fine = backbone8.call(functional.relu(stem.call(x)));
        var coarse = backbone16.call(fine);

        var boxes = cat([PerAnchor(regressor_8.call(fine), Coordinates), PerAnchor(regressor_16.call(coarse), Coordinates)], 1);
        var scores = cat([PerAnchor(classifier_8.call(fine), 1), PerAnchor(classifier_16.call(coarse), 1)], 1);
        return (boxes.MoveToOuterDisposeScope(), scores.MoveToOuterDisposeScope());
    }

    /// <summary>[N, anchors * values, H, W] to [N, H * W * anchors, values].</summary>
    private static Tensor PerAnchor(Tensor map, long values) => map.permute(0, 2, 3, 1).reshape(map.shape[0], -1, values);
}

/// <summary>A depthwise separable convolution added to its input, which is pooled and given empty channels where the shapes differ.</summary>
internal sealed class BlazeBlock : Module<Tensor, Tensor>
{
    private readonly Conv2d dw;
    private readonly Conv2d pw;
    private readonly MaxPool2d? pool;
    private readonly int channelPad;

    public BlazeBlock(int input, int output, int stride) : base(nameof(BlazeBlock))
    {
        var downsamples = stride > 1;
        dw = Conv2d(input, input, kernel_size: 3, stride: stride, padding: downsamples ? 0 : 1, groups: input);
        pw = Conv2d(input, output, kernel_size: 1);
        pool = downsamples ? MaxPool2d(stride) : null;
        channelPad = output - input;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var y = pool == null ? x : functional.pad(x, [0, 1, 0, 1]);
        y = pw.call(dw.call(y));
        if (pool is not null)
            x = pool.call(x);
        if (channelPad > 0)
            x = functional.pad(x, [0, 0, 0, 0, 0, channelPad]);
        return functional.relu(y + x);
    }
}
