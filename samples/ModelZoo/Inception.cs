using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>Widths of an inception module: 1x1; reduction and output of the two 3x3 branches; projection behind the pooling.</summary>
internal sealed record InceptionWidths(int Ch1x1, int Ch3x3Red, int Ch3x3, int Ch5x5Red, int Ch5x5, int PoolProj)
{
    public int Output => Ch1x1 + Ch3x3 + Ch5x5 + PoolProj;
}

/// <summary>Four branches over the same input, concatenated; the paper's 5x5 branch is 3x3 as in torchvision's published weights.</summary>
internal sealed class Inception : Module<Tensor, Tensor>
{
    private readonly BasicConv2d branch1;
    private readonly Sequential branch2;
    private readonly Sequential branch3;
    private readonly Sequential branch4;

    public Inception(int input, InceptionWidths widths) : base(nameof(Inception))
    {
        var (ch1x1, ch3x3Red, ch3x3, ch5x5Red, ch5x5, poolProj) = widths;
        branch1 = new(input, ch1x1);
        branch2 = Reduced(ch3x3Red, ch3x3);
        branch3 = Reduced(ch5x5Red, ch5x5);
        branch4 = Sequential(MaxPool2d(kernel_size: 3, stride: 1, padding: 1, ceil_mode: true), new BasicConv2d(input, poolProj));
        RegisterComponents();

        Sequential Reduced(int reduction, int output) => Sequential(
            new BasicConv2d(input, reduction),
            new BasicConv2d(reduction, output, kernelSize: 3, padding: 1));
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        Tensor[] outputs = [branch1.call(x), branch2.call(x), branch3.call(x), branch4.call(x)];
        return cat(outputs, dim: 1).MoveToOuterDisposeScope();
    }
}
