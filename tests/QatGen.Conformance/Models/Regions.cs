using QatGen.Torch.Nn;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace QatGen.Conformance.Models;

/// <summary>The second stage of a detector: regions of a map for given boxes, classified.</summary>
[QatModel(March.BayesE)]
[InputShape(1, 3, 16, 16)]
[InputShape(1, 6, 4)]
internal sealed partial class Regions : Module<Tensor, Tensor, Tensor>
{
    private readonly Conv2d features = Conv2d(3, 8, kernel_size: 3, stride: 2, padding: 1);
    private readonly RoIAlign align = new(3, spatialScale: 0.5, samplingRatio: 2);
    private readonly Linear head = Linear(8 * 3 * 3, 5);

    public Regions() : base(nameof(Regions)) => RegisterComponents();

    public override Tensor forward(Tensor image, [Quantize(DType = DType.QInt16)] Tensor boxes) =>
        head.call(align.call(functional.relu(features.call(image)), boxes).flatten(2));
}
