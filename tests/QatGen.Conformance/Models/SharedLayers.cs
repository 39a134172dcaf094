using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace QatGen.Conformance.Models;

/// <summary>One convolution on two inputs and one head on two maps, as in siamese nets and detectors: shared parameters, a scale for each call.</summary>
[QatModel(March.Bayes)]
[InputShape(1, 3, 10, 10)]
[InputShape(1, 3, 10, 10)]
internal sealed partial class SharedLayers : Module<Tensor, Tensor, Tensor[]>
{
    private readonly Conv2d conv = Conv2d(3, 8, kernel_size: 3, padding: 1, bias: false);
    private readonly BatchNorm2d norm = BatchNorm2d(8);
    private readonly AvgPool2d pool = AvgPool2d(2);
    private readonly Linear head = Linear(200, 5);

    public SharedLayers() : base(nameof(SharedLayers)) => RegisterComponents();

#pragma warning disable QG1013 // What is tested here.
    public override Tensor[] forward(Tensor left, Tensor right) => [Branch(left), Branch(right)];

    private Tensor Branch(Tensor x) => head.call(pool.call(functional.relu(norm.call(conv.call(x)))).flatten(1));
#pragma warning restore QG1013
}
