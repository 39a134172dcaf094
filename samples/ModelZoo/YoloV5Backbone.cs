using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>CSPDarknet of YOLOv5 v6.0: [N, 3, H, W] to its features at strides 8, 16 and 32.</summary>
public sealed class YoloV5Backbone : Module<Tensor, (Tensor C3, Tensor C4, Tensor C5)>
{
    private readonly YoloConv stem;
    private readonly Sequential stage2, stage3, stage4, stage5;

    public YoloV5Backbone(YoloScale scale) : base(nameof(YoloV5Backbone))
    {
        stem = new YoloConv(3, scale.Channels(64), kernel: 6, stride: 2, padding: 2);
        stage2 = Stage(64, 128, repeats: 3);
        stage3 = Stage(128, 256, repeats: 6);
        stage4 = Stage(256, 512, repeats: 9);
        stage5 = Stage(512, 1024, repeats: 3);
        stage5.append("sppf", new Sppf(scale.Channels(1024), scale.Channels(1024)));
        RegisterComponents();

        Sequential Stage(int input, int output, int repeats) => Sequential(
            ("down", new YoloConv(scale.Channels(input), scale.Channels(output), kernel: 3, stride: 2)),
            ("c3", new C3(scale.Channels(output), scale.Channels(output), scale.Repeats(repeats))));
    }

    public override (Tensor C3, Tensor C4, Tensor C5) forward(Tensor x)
    {
        var c3 = stage3.call(stage2.call(stem.call(x)));
        var c4 = stage4.call(c3);
        return (c3, c4, stage5.call(c4));
    }
}
