using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>RepVGG (Ding et al. 2021) as deployed, its branches merged into 3x3 convolutions: [N, 3, H, W] to [N, classes].</summary>
public abstract class RepVGG : Module<Tensor, Tensor>
{
    private readonly RepVGGBlock stage0;
    private readonly ModuleList<Sequential> stages = [];
    private readonly AdaptiveAvgPool2d gap = AdaptiveAvgPool2d(output_size: 1);
    private readonly Linear linear;

    protected RepVGG(string name, RepVGGSettings settings, int classes) : base(name)
    {
        var widths = settings.Widths;
        stage0 = new RepVGGBlock(3, widths[0], stride: 2);
        for (var i = 0; i < settings.Blocks.Count; i++)
        {
            var (input, output) = (widths[i], widths[i + 1]);
            stages.Add(Sequential(Enumerable.Range(0, settings.Blocks[i]).Select(block => block == 0
                ? new RepVGGBlock(input, output, stride: 2)
                : new RepVGGBlock(output, output))));
        }

        linear = Linear(widths[^1], classes);
        RegisterComponents();
    }

    /// <summary>The feature maps of the four stages, for detectors and segmentation heads.</summary>
    protected IEnumerable<Tensor> Features(Tensor x)
    {
        x = stage0.call(x);
        foreach (var stage in stages)
        {
            x = stage.call(x);
            yield return x;
        }
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var last = Features(x).Last();
        return linear.call(gap.call(last).flatten(1)).MoveToOuterDisposeScope();
    }
}
