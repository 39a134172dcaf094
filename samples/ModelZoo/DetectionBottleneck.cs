using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>1x1, 3x3 and 1x1 convolutions beside a shortcut, which is a strided 1x1 convolution where the shape changes.</summary>
public sealed class DetectionBottleneck : Module<Tensor, Tensor>
{
    /// <summary>Output channels per channel of the 3x3 convolution.</summary>
    public const int Expansion = 4;

    private readonly Conv2d conv1, conv2, conv3;
    private readonly Module<Tensor, Tensor> bn1, bn2, bn3;
    private readonly Sequential? downsample;

    public DetectionBottleneck(int input, int width, int stride, Func<long, Module<Tensor, Tensor>> norm) : base(nameof(DetectionBottleneck))
    {
        var output = width * Expansion;
        conv1 = Conv2d(input, width, kernel_size: 1, bias: false);
        bn1 = norm(width);
        conv2 = Conv2d(width, width, kernel_size: 3, stride: stride, padding: 1, bias: false);
        bn2 = norm(width);
        conv3 = Conv2d(width, output, kernel_size: 1, bias: false);
        bn3 = norm(output);
        if (stride != 1 || input != output)
        {
            downsample = Sequential(("0", Conv2d(input, output, kernel_size: 1, stride: stride, bias: false)), ("1", norm(output)));
        }

        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var y = functional.relu(bn1.call(conv1.call(x)), inplace: true);
        y = functional.relu(bn2.call(conv2.call(y)), inplace: true);
        y = bn3.call(conv3.call(y));
        y += downsample?.call(x) ?? x;
        return functional.relu(y, inplace: true);
    }
}
