using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace QatGen.Conformance.Models;

/// <summary>A model whose source says how it is quantized: 4 bits with learned scales, its first layer 8 and its last int16.</summary>
[QatModel(March.NashE)]
[InputShape(1, 3, 6, 6)]
[Quantize(Bits = 4, WeightBits = 4, Kind = FakeQuantKind.Lsq)]
internal sealed partial class Widths : Module<Tensor, Tensor>
{
    [Quantize(Bits = 8, WeightBits = 8)]
    private readonly Conv2d stem = Conv2d(3, 8, kernel_size: 3, padding: 1);
    private readonly Conv2d middle = Conv2d(8, 8, kernel_size: 3, padding: 1);
    [Quantize(DType = DType.QInt16)]
    private readonly Conv2d deep = Conv2d(8, 8, kernel_size: 1);
    private readonly Linear fc = Linear(8 * 6 * 6, 5);

    public Widths() : base(nameof(Widths)) => RegisterComponents();

    public override Tensor forward(Tensor x) => fc.call(functional.relu(deep.call(functional.relu(middle.call(functional.relu(stem.call(x)))))).flatten(1));
}
