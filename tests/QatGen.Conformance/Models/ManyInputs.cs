using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace QatGen.Conformance.Models;

/// <summary>A head that takes an image pair as a tuple and maps in a list, whose length the shapes say.</summary>
[QatModel(March.Bayes)]
[InputShape(1, 3, 8, 8)]
[InputShape(1, 1, 8, 8)]
[InputShape(1, 4, 8, 8)]
[InputShape(1, 4, 8, 8)]
internal sealed partial class ManyInputs : Module<(Tensor Color, Tensor Gray), IReadOnlyList<Tensor>, Tensor>
{
    private readonly Conv2d color = Conv2d(3, 4, kernel_size: 3, padding: 1);
    private readonly Conv2d gray = Conv2d(1, 4, kernel_size: 1);
    private readonly Conv2d last = Conv2d(16, 5, kernel_size: 1);

    public ManyInputs() : base(nameof(ManyInputs)) => RegisterComponents();

    public override Tensor forward((Tensor Color, Tensor Gray) images, [Quantize(Scale = 1 / 64.0)] IReadOnlyList<Tensor> maps)
    {
        var all = new List<Tensor> { functional.relu(color.call(images.Color)), gray.call(images.Gray) };
        foreach (var map in maps)
        {
            all.Add(map);
        }

        return last.call(cat(all, 1));
    }
}
