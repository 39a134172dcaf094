using QatGen;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>
/// FCOS (Tian et al. 2019) on a ResNet-50 feature pyramid: [N, 3, H, W] to class logits, box distances (left, top, right, bottom; in strides) and centerness logits of strides 8 to 128,
/// each a list from fine to coarse of [N, classes or 4 or 1, H / stride, W / stride].
/// </summary>
[QatModel(March.Bayes)]
[ModelArgs]
[InputShape(1, 3, 800, 800)]
public sealed partial class FcosResNet50 : Module<Tensor, (List<Tensor> Logits, List<Tensor> Boxes, List<Tensor> Centerness)>
{
    private readonly DetectionBackbone body;
    private readonly FeaturePyramid fpn;
    private readonly FcosHead head;

    public FcosResNet50(int classes = 91, int channels = 256, Func<long, Module<Tensor, Tensor>>? norm = null) : base(nameof(FcosResNet50))
    {
        body = new DetectionBackbone([3, 4, 6, 3], norm ?? (static width => BatchNorm2d(width)));
        fpn = new FeaturePyramid(body.OutputChannels, channels);
        head = new FcosHead(channels, classes);
        RegisterComponents();
    }

    public override (List<Tensor> Logits, List<Tensor> Boxes, List<Tensor> Centerness) forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var outputs = head.call(fpn.call(body.call(x)));
        foreach (var output in outputs.Logits.Concat(outputs.Boxes).Concat(outputs.Centerness))
        {
            output.MoveToOuterDisposeScope();
        }

        return outputs;
    }
}
