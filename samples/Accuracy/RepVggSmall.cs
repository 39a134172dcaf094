using QatGen;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Accuracy;

/// <summary>RepVGG (Ding et al., 2021) for 32 x 32 images as it is deployed: eight 3x3 convolutions with bias, each with a ReLU. [N, 3, 32, 32] to [N, classes].</summary>
[QatModel(March.Bayes)]
[InputShape(1, 3, 32, 32)]
public sealed partial class RepVggSmall : Module<Tensor, Tensor>
{
    private readonly Sequential blocks = Sequential(RepVggBranches.Shapes.Select(static s => Sequential(Conv2d(s.Input, s.Output, kernel_size: 3, s.Stride, padding: 1), ReLU())));
    private readonly Linear linear;

    public RepVggSmall(int classes = 9) : base(nameof(RepVggSmall))
    {
        linear = Linear(RepVggBranches.Shapes[^1].Output, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        x = functional.adaptive_avg_pool2d(blocks.call(x), (1, 1));
        return linear.call(x.flatten(1)).MoveToOuterDisposeScope();
    }

    /// <summary>Takes a trained network over, the branches of each block merged into one convolution.</summary>
    public static RepVggSmall Of(RepVggBranches trained)
    {
        var net = new RepVggSmall();
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        foreach (var (block, i) in trained.Blocks.Select(static (b, i) => (b, i)))
        {
            var (weight, bias) = block.Merged();
            var convolution = (Conv2d)((Sequential)net.blocks[i])[0];
            convolution.weight.copy_(weight);
            convolution.bias!.copy_(bias);
        }

        net.linear.weight.copy_(trained.Classifier.weight);
        net.linear.bias!.copy_(trained.Classifier.bias!);
        net.eval();
        return net;
    }
}
