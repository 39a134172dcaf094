using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>The convolutions of a bottleneck ResNet: [N, 3, H, W] to its features at strides 8, 16 and 32.</summary>
public sealed class DetectionBackbone : Module<Tensor, Tensor[]>
{
    private readonly Conv2d conv1;
    private readonly Module<Tensor, Tensor> bn1;
    private readonly MaxPool2d maxpool = MaxPool2d(kernel_size: 3, stride: 2, padding: 1);
    private readonly ModuleList<Sequential> layers = ModuleList<Sequential>();

    /// <summary>The channels of the three outputs.</summary>
    public IReadOnlyList<int> OutputChannels { get; }

    public DetectionBackbone(IReadOnlyList<int> depths, Func<long, Module<Tensor, Tensor>> norm, int width = 64) : base(nameof(DetectionBackbone))
    {
        conv1 = Conv2d(3, width, kernel_size: 7, stride: 2, padding: 3, bias: false);
        bn1 = norm(width);
        var input = width;
        foreach (var (stage, depth) in depths.Index())
        {
            var layer = Sequential();
            for (var block = 0; block < depth; block++)
            {
                layer.append($"{block}", new DetectionBottleneck(input, width << stage, stride: stage > 0 && block == 0 ? 2 : 1, norm));
                input = (width << stage) * DetectionBottleneck.Expansion;
            }

            layers.Add(layer);
        }

        OutputChannels = [.. Enumerable.Range(1, 3).Select(stage => (width << stage) * DetectionBottleneck.Expansion)];
        RegisterComponents();
    }

    public override Tensor[] forward(Tensor x)
    {
        x = maxpool.call(functional.relu(bn1.call(conv1.call(x))));
        var features = new List<Tensor>();
        foreach (var layer in layers)
        {
            x = layer.call(x);
            features.Add(x);
        }

        return [.. features.Skip(1)];
    }
}
