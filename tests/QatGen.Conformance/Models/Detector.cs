using QatGen.Torch.Nn;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace QatGen.Conformance.Models;

/// <summary>A detector of one stage: the best pixels of its scores, an objectness among them that is not compared, and the boxes there.</summary>
[QatModel(March.Bayes)]
[InputShape(1, 3, 12, 16)]
internal sealed partial class Detector : Module<Tensor, Tensor[]>
{
    public const int Capacity = 9;

    private readonly Conv2d features = Conv2d(3, 8, kernel_size: 3, stride: 2, padding: 1);
    private readonly Conv2d scores = Conv2d(8, 6, kernel_size: 1);
    private readonly Conv2d boxes = Conv2d(8, 4, kernel_size: 3, padding: 1);
    private readonly Filter best;

    public Detector(double threshold = 0) : base(nameof(Detector))
    {
        best = new(threshold, Capacity, idxRange: (0, 5));
        RegisterComponents();
    }

    public Filter Best => best;

    public override Tensor[] forward(Tensor x)
    {
        var y = functional.relu(features.call(x));
        return best.call([scores.call(y), boxes.call(y)]);
    }
}
