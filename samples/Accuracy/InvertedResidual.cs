using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Accuracy;

/// <summary>Expands four times, filters each channel and projects without an activation; adds its input where the shapes agree.</summary>
internal sealed class InvertedResidual : Module<Tensor, Tensor>
{
    private const int Expansion = 4;

    private readonly bool hasShortcut;
    private readonly Sequential conv;

    public InvertedResidual(int input, int output, int stride) : base(nameof(InvertedResidual))
    {
        hasShortcut = stride == 1 && input == output;
        var hidden = input * Expansion;
        conv = Sequential(
            ConvNorm(input, hidden),
            ConvNorm(hidden, hidden, kernel: 3, stride, groups: hidden),
            Conv2d(hidden, output, kernel_size: 1, bias: false),
            BatchNorm2d(output));
        RegisterComponents();
    }

    /// <summary>Convolution, batch norm, ReLU6.</summary>
    public static Sequential ConvNorm(int input, int output, int kernel = 1, int stride = 1, int groups = 1) =>
        Sequential(Conv2d(input, output, kernel, stride, padding: kernel / 2, groups: groups, bias: false), BatchNorm2d(output), ReLU6(inplace: true));

    public override Tensor forward(Tensor x) => hasShortcut ? x + conv.call(x) : conv.call(x);
}
