using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace QatGen.Conformance.Models;

/// <summary>A convolution, a sum and a matrix product that stay qint32, and a fully connected layer that is asked not to.</summary>
[QatModel(March.Bernoulli2)]
[InputShape(1, 3, 6, 6)]
internal sealed partial class PreciseOutputs : Module<Tensor, (Tensor Map, Tensor Sum, Tensor Product, Tensor Logits)>
{
    private readonly Conv2d features = Conv2d(3, 8, kernel_size: 3, padding: 1);
    private readonly Conv2d map = Conv2d(8, 2, kernel_size: 1);
    [HighPrecisionOutput(false)]
    private readonly Linear fc = Linear(8 * 6 * 6, 5);

    public PreciseOutputs() : base(nameof(PreciseOutputs)) => RegisterComponents();

    public override (Tensor Map, Tensor Sum, Tensor Product, Tensor Logits) forward(Tensor x)
    {
        var y = functional.relu(features.call(x));
        return (map.call(y), y.sum(1, keepdim: true), y.matmul(y), fc.call(y.flatten(1)));
    }
}
