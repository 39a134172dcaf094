using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>Two variable group convolutions, each expanding and followed by a 1x1 convolution that reduces; where the image is halved, two such branches and a third in place of the identity.</summary>
internal sealed class VarGBlock : Module<Tensor, Tensor>
{
    private readonly Sequential first;
    private readonly Sequential? second;
    private readonly Sequential last;
    private readonly Sequential? shortcut;

    public VarGBlock(long input, long output, long groupChannels, long stride) : base(nameof(VarGBlock))
    {
        first = Separable(input, output, groupChannels, stride);
        if (stride > 1)
        {
            second = Separable(input, output, groupChannels, stride);
            shortcut = Separable(input, output, groupChannels, stride);
        }

        last = Separable(output, output, groupChannels);
        RegisterComponents();
    }

    /// <summary>A 3x3 convolution of groups of <paramref name="groupChannels"/> channels that doubles them, batch norm, ReLU, then a 1x1 convolution, batch norm and, if given, an activation.</summary>
    public static Sequential Separable(long input, long output, long groupChannels, long stride = 1, Func<Module<Tensor, Tensor>>? activation = null) => Sequential(
        ConvNormActivation.ConvNorm(input, 2 * input, stride: stride, groups: input / groupChannels, activation: () => ReLU()),
        ConvNormActivation.ConvNorm(2 * input, output, kernel: 1, activation: activation));

    public override Tensor forward(Tensor x)
    {
        var y = first.call(x);
        if (second is not null)
            y += second.call(x);
        y = last.call(functional.relu(y));
        return functional.relu(y + (shortcut is null ? x : shortcut.call(x)));
    }
}
