using QatGen;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>FasterNet-T0 (Chen et al., 2023): [N, 3, H, W] to [N, classes].</summary>
[QatModel(March.Bayes)]
[ModelArgs]
[InputShape(1, 3, 224, 224)]
public sealed partial class FasterNetT0 : Module<Tensor, Tensor>
{
    private readonly PatchConv patch_embed;
    private readonly ModuleList<Module<Tensor, Tensor>> stages;
    private readonly Sequential avgpool_pre_head;
    private readonly Linear head;

    public FasterNetT0(int classes = 1000, int embedDim = 40, int[]? depths = null, int mlpRatio = 2, int featureDim = 1280) : base(nameof(FasterNetT0))
    {
        depths ??= [1, 2, 8, 2];
        var dim = embedDim;
        patch_embed = new PatchConv(3, dim, size: 4);

        var parts = new List<Module<Tensor, Tensor>>();
        for (var i = 0; i < depths.Length; i++)
        {
            if (i > 0)
                parts.Add(new PatchConv(dim, dim *= 2, size: 2));

            var blocks = new FasterNetBlock[depths[i]];
            for (var j = 0; j < blocks.Length; j++)
                blocks[j] = new FasterNetBlock(dim, mlpRatio);
            parts.Add(Sequential(blocks));
        }

        stages = ModuleList([.. parts]);
        avgpool_pre_head = Sequential(
            AdaptiveAvgPool2d(1),
            Conv2d(dim, featureDim, kernel_size: 1, bias: false),
            GELU());
        head = Linear(featureDim, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        x = patch_embed.call(x);
        for (var i = 0; i < stages.Count; i++)
            x = stages[i].call(x);
        x = avgpool_pre_head.call(x);
        x = flatten(x, 1);
        return head.call(x).MoveToOuterDisposeScope();
    }
}

/// <summary>Merges squares of <c>size</c> x <c>size</c> pixels into one, and normalizes.</summary>
internal sealed class PatchConv : Module<Tensor, Tensor>
{
    private readonly Conv2d proj;
    private readonly BatchNorm2d norm;

    public PatchConv(int input, int output, int size) : base(nameof(PatchConv))
    {
        proj = Conv2d(input, output, kernel_size: size, stride: size, bias: false);
        norm = BatchNorm2d(output);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => norm.call(proj.call(x));
}

/// <summary>A 3x3 convolution of the first quarter of the channels; the others pass.</summary>
internal sealed class PartialConv : Module<Tensor, Tensor>
{
    private readonly long convolved;
    private readonly long untouched;
    private readonly Conv2d partial_conv3;

    public PartialConv(int dim, int divisor = 4) : base(nameof(PartialConv))
    {
        convolved = dim / divisor;
        untouched = dim - convolved;
        partial_conv3 = Conv2d(convolved, convolved, kernel_size: 3, padding: 1, bias: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var parts = x.split([convolved, untouched], dim: 1);
        return cat([partial_conv3.call(parts[0]), parts[1]], dim: 1);
    }
}

/// <summary>Mixes space by a partial convolution, then channels by two 1x1 convolutions, and adds its input.</summary>
internal sealed class FasterNetBlock : Module<Tensor, Tensor>
{
    private readonly PartialConv spatial_mixing;
    private readonly Sequential mlp;

    public FasterNetBlock(int dim, int mlpRatio) : base(nameof(FasterNetBlock))
    {
        var hidden = dim * mlpRatio;
        spatial_mixing = new PartialConv(dim);
        mlp = Sequential(
            Conv2d(dim, hidden, kernel_size: 1, bias: false),
            BatchNorm2d(hidden),
            GELU(),
            Conv2d(hidden, dim, kernel_size: 1, bias: false));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var shortcut = x;
        x = spatial_mixing.call(x);
        return shortcut + mlp.call(x);
    }
}
