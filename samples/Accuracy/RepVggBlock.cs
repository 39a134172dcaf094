using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Accuracy;

/// <summary>A 3x3 and a 1x1 convolution and, where the shapes agree, the input itself, each with its batch norm; their sum, ReLU.</summary>
public sealed class RepVggBlock : Module<Tensor, Tensor>
{
    private readonly Conv2d conv3, conv1;
    private readonly BatchNorm2d bn3, bn1;
    private readonly BatchNorm2d? bn0;

    public RepVggBlock(int input, int output, int stride) : base(nameof(RepVggBlock))
    {
        conv3 = Conv2d(input, output, kernel_size: 3, stride, padding: 1, bias: false);
        bn3 = BatchNorm2d(output);
        conv1 = Conv2d(input, output, kernel_size: 1, stride, bias: false);
        bn1 = BatchNorm2d(output);
        bn0 = input == output && stride == 1 ? BatchNorm2d(input) : null;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var y = bn3.call(conv3.call(x)) + bn1.call(conv1.call(x));
        return functional.relu(bn0 is null ? y : y + bn0.call(x));
    }

    /// <summary>Weight [O, I, 3, 3] and bias [O] of the one convolution that the branches are in evaluation mode.</summary>
    public (Tensor Weight, Tensor Bias) Merged()
    {
        var (weight, bias) = Folded(conv3.weight, bn3);
        var (pointwise, pointwiseBias) = Folded(functional.pad(conv1.weight, [1, 1, 1, 1]), bn1);
        (weight, bias) = (weight + pointwise, bias + pointwiseBias);
        if (bn0 is not null)
        {
            var (identity, identityBias) = Folded(functional.pad(eye(conv3.weight.shape[0]).unsqueeze(2).unsqueeze(3), [1, 1, 1, 1]), bn0);
            (weight, bias) = (weight + identity, bias + identityBias);
        }

        return (weight, bias);
    }

    /// <summary>weight * gamma / sigma and beta - mean * gamma / sigma.</summary>
    private static (Tensor, Tensor) Folded(Tensor weight, BatchNorm2d norm)
    {
        var gain = norm.weight! / (norm.running_var! + norm.eps).sqrt();
        return (weight * gain.reshape(-1, 1, 1, 1), norm.bias! - (norm.running_mean! * gain));
    }
}
