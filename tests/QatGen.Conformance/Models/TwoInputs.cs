using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace QatGen.Conformance.Models;

/// <summary>Two images in, logits and a map out; one input is int16 and one has a fixed scale, a constructor argument sizes a layer.</summary>
[QatModel(March.BayesE)]
[InputShape(1, 3, 12, 12)]
[InputShape(1, 1, 12, 12)]
internal sealed partial class TwoInputs : Module<Tensor, Tensor, (Tensor Logits, Tensor Map)>
{
    private readonly Conv2d color = Conv2d(3, 8, kernel_size: 3, padding: 1);
    private readonly Conv2d gray = Conv2d(1, 8, kernel_size: 3, padding: 1, bias: false);
    private readonly BatchNorm2d norm = BatchNorm2d(8);
    private readonly AvgPool2d pool = AvgPool2d(3, stride: 2, padding: 1);
    private readonly Linear fc;

    public TwoInputs(int classes) : base(nameof(TwoInputs))
    {
        fc = Linear(16 * 6 * 6, classes);
        RegisterComponents();
    }

    public override (Tensor Logits, Tensor Map) forward([Quantize(DType = DType.QInt16)] Tensor image, [Quantize(Scale = 1 / 128.0)] Tensor mask)
    {
        var sum = functional.relu6(color.call(image) + norm.call(gray.call(mask)));
        var both = pool.call(cat([sum, functional.relu(sum)], 1));
        return (fc.call(both.flatten(1)), both);
    }
}
