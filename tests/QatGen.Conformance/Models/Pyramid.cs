using QatGen.Torch.Nn;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace QatGen.Conformance.Models;

/// <summary>Regions of the maps of a pyramid, each box of the map of its level.</summary>
[QatModel(March.BayesE)]
[InputShape(1, 3, 16, 16)]
[InputShape(1, 6, 4)]
internal sealed partial class Pyramid : Module<Tensor, Tensor, Tensor>
{
    private readonly Conv2d fine = Conv2d(3, 8, kernel_size: 3, stride: 2, padding: 1);
    private readonly Conv2d coarse = Conv2d(8, 8, kernel_size: 3, stride: 2, padding: 1);
    private readonly MultiScaleRoIAlign align = new([0.5, 0.25], 3, samplingRatio: 2, canonicalScale: 4, canonicalLevel: 1);
    private readonly Linear head = Linear(8 * 3 * 3, 5);

    public Pyramid() : base(nameof(Pyramid)) => RegisterComponents();

    public override Tensor forward(Tensor image, [Quantize(DType = DType.QInt16)] Tensor boxes)
    {
        var first = functional.relu(fine.call(image));
        return head.call(align.call([first, coarse.call(first)], boxes).flatten(2));
    }
}
