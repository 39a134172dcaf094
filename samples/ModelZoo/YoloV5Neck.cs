using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>Path aggregation of YOLOv5 v6.0: the features of strides 8, 16 and 32 mixed from coarse to fine and back.</summary>
public sealed class YoloV5Neck : Module<Tensor, Tensor, Tensor, (Tensor P3, Tensor P4, Tensor P5)>
{
    private readonly YoloConv lateral5, lateral4, down3, down4;
    private readonly C3 top4, top3, bottom4, bottom5;
    private readonly Upsample up = Upsample(scale_factor: [2, 2], mode: UpsampleMode.Nearest);

    public YoloV5Neck(YoloScale scale) : base(nameof(YoloV5Neck))
    {
        var (small, medium, large) = (scale.Channels(256), scale.Channels(512), scale.Channels(1024));
        var repeats = scale.Repeats(3);
        lateral5 = new YoloConv(large, medium);
        top4 = new C3(2 * medium, medium, repeats, shortcut: false);
        lateral4 = new YoloConv(medium, small);
        top3 = new C3(2 * small, small, repeats, shortcut: false);
        down3 = new YoloConv(small, small, kernel: 3, stride: 2);
        bottom4 = new C3(2 * small, medium, repeats, shortcut: false);
        down4 = new YoloConv(medium, medium, kernel: 3, stride: 2);
        bottom5 = new C3(2 * medium, large, repeats, shortcut: false);
        RegisterComponents();
    }

    public override (Tensor P3, Tensor P4, Tensor P5) forward(Tensor c3, Tensor c4, Tensor c5)
    {
        var l5 = lateral5.call(c5);
        var l4 = lateral4.call(top4.call(cat([up.call(l5), c4], 1)));
        var p3 = top3.call(cat([up.call(l4), c3], 1));
        var p4 = bottom4.call(cat([down3.call(p3), l4], 1));
        var p5 = bottom5.call(cat([down4.call(p4), l5], 1));
        return (p3, p4, p5);
    }
}
