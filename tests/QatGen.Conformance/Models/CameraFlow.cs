using QatGen.Torch.Nn;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace QatGen.Conformance.Models;

/// <summary>Two camera images, taken as RGB, whose features are correlated into a flow.</summary>
[QatModel(March.NashE)]
[InputShape(1, 3, 12, 16)]
[InputShape(1, 3, 12, 16)]
internal sealed partial class CameraFlow : Module<Tensor, Tensor, Tensor>
{
    private readonly CenteredYuv2Rgb colours = new(Swing.Full);
    private readonly Conv2d features = Conv2d(3, 8, kernel_size: 3, padding: 1);
    private readonly Correlation correlation = new(maxDisplacement: 2, padSize: 2);
    private readonly Conv2d head = Conv2d(25, 2, kernel_size: 3, padding: 1);

    public CameraFlow() : base(nameof(CameraFlow)) => RegisterComponents();

#pragma warning disable QG1013 // Both images are of one kind.
    public override Tensor forward([Quantize(Source = InputSource.Pyramid, Scale = 1)] Tensor before, [Quantize(Source = InputSource.Pyramid, Scale = 1)] Tensor after)
    {
        using var scope = NewDisposeScope();
        var (x, y) = (functional.relu(features.call(colours.call(before))), functional.relu(features.call(colours.call(after))));
        return head.call(correlation.call(x, y)).MoveToOuterDisposeScope();
    }
#pragma warning restore QG1013
}
