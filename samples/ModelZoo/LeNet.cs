using QatGen;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.nn.functional;

namespace ModelZoo;

/// <summary>LeNet-5 (LeCun et al. 1998) with ReLU, max pooling and a full second convolution: [N, 1, 32, 32] to [N, classes].</summary>
[QatModel(March.Bayes)]
[InputShape(1, 1, 32, 32)]
public sealed partial class LeNet : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1 = Conv2d(1, 6, kernel_size: 5);
    private readonly Conv2d conv2 = Conv2d(6, 16, kernel_size: 5);
    private readonly Linear fc1 = Linear(16 * 5 * 5, 120);
    private readonly Linear fc2 = Linear(120, 84);
    private readonly Linear fc3;

    public LeNet(long classes = 10) : base(nameof(LeNet))
    {
        fc3 = Linear(84, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = max_pool2d(relu(conv1.call(input)), 2);
        x = max_pool2d(relu(conv2.call(x)), 2);
        x = x.view(x.shape[0], -1);
        x = relu(fc1.call(x));
        x = relu(fc2.call(x));
        return fc3.call(x).MoveToOuterDisposeScope();
    }
}
