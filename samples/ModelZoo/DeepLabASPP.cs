using QatGen;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>The head of DeepLabV3 (Chen et al. 2017): backbone features [N, channels, H, W] at stride 8 or 16 to class logits [N, classes, H, W].</summary>
[QatModel(March.Bayes)]
[InputShape(1, 2048, 65, 65)]
public sealed partial class DeepLabASPP : Module<Tensor, Tensor>
{
    private readonly Aspp aspp;
    private readonly AsppHead head;

    public DeepLabASPP(int channels = 2048, int classes = 21, int width = 256) : base(nameof(DeepLabASPP))
    {
        aspp = new Aspp(channels, width, 12, 24, 36);
        head = new AsppHead(width, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return head.call(aspp.call(x)).MoveToOuterDisposeScope();
    }
}
