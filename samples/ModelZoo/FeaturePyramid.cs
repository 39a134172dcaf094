using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>Feature pyramid network (Lin et al. 2017) with two coarser levels made from the last: backbone features from fine to coarse to two more maps than that, all of as many channels.</summary>
public sealed class FeaturePyramid : Module<Tensor[], List<Tensor>>
{
    private readonly ModuleList<Conv2d> inner_blocks, layer_blocks;
    private readonly Conv2d p6, p7;

    public FeaturePyramid(IReadOnlyList<int> inputs, int channels) : base(nameof(FeaturePyramid))
    {
        inner_blocks = ModuleList(inputs.Select(input => Conv2d(input, channels, kernel_size: 1)).ToArray());
        layer_blocks = ModuleList(inputs.Select(_ => Conv2d(channels, channels, kernel_size: 3, padding: 1)).ToArray());
        p6 = Conv2d(channels, channels, kernel_size: 3, stride: 2, padding: 1);
        p7 = Conv2d(channels, channels, kernel_size: 3, stride: 2, padding: 1);
        RegisterComponents();
    }

    public override List<Tensor> forward(Tensor[] features)
    {
        var coarsest = features.Length - 1;
        var inner = inner_blocks[coarsest].call(features[coarsest]);
        var maps = new List<Tensor> { layer_blocks[coarsest].call(inner) };
        for (var i = coarsest - 1; i >= 0; i--)
        {
            var lateral = inner_blocks[i].call(features[i]);
            inner = lateral + functional.interpolate(inner, size: lateral.shape[2..], mode: InterpolationMode.Nearest);
            maps.Insert(0, layer_blocks[i].call(inner));
        }

        maps.Add(p6.call(maps[^1]));
        maps.Add(p7.call(functional.relu(maps[^1])));
        return maps;
    }
}
