using QatGen;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>YOLOv5 v6.0, nano: [N, 3, H, W] to the raw maps of strides 8, 16 and 32, each [N, anchors * (classes + 5), H / stride, W / stride].</summary>
[QatModel(March.Bayes)]
[ModelArgs]
[InputShape(1, 3, 640, 640)]
public sealed partial class YoloV5n : Module<Tensor, (Tensor P3, Tensor P4, Tensor P5)>
{
    private readonly YoloV5Backbone backbone;
    private readonly YoloV5Neck neck;
    private readonly Conv2d detect3, detect4, detect5;

    public YoloV5n(int classes = 80, int anchors = 3, YoloScale? scale = null) : base(nameof(YoloV5n))
    {
        scale ??= YoloScale.Nano;
        backbone = new YoloV5Backbone(scale);
        neck = new YoloV5Neck(scale);
        detect3 = Detect(256);
        detect4 = Detect(512);
        detect5 = Detect(1024);
        RegisterComponents();

        Conv2d Detect(int input) => Conv2d(scale.Channels(input), anchors * (classes + 5), kernel_size: 1);
    }

    public override (Tensor P3, Tensor P4, Tensor P5) forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (c3, c4, c5) = backbone.call(x);
        var (p3, p4, p5) = neck.call(c3, c4, c5);
        return (detect3.call(p3).MoveToOuterDisposeScope(), detect4.call(p4).MoveToOuterDisposeScope(), detect5.call(p5).MoveToOuterDisposeScope());
    }
}
