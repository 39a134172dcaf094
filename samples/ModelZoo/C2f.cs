using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>YOLOv8's cross stage partial block: the outputs of all its bottlenecks are joined.</summary>
public sealed class C2f : Module<Tensor, Tensor>
{
    private readonly YoloConv cv1, cv2;
    private readonly ModuleList<YoloBottleneck> m = ModuleList<YoloBottleneck>();

    public C2f(int input, int output, int repeats = 1, bool shortcut = false) : base(nameof(C2f))
    {
        var hidden = output / 2;
        cv1 = new YoloConv(input, 2 * hidden);
        cv2 = new YoloConv((2 + repeats) * hidden, output);
        while (m.Count < repeats)
        {
            m.Add(new YoloBottleneck(hidden, shortcut, kernels: (3, 3)));
        }

        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var parts = cv1.call(x).chunk(2, 1).ToList();
        foreach (var bottleneck in m)
        {
            parts.Add(bottleneck.call(parts[^1]));
        }

        return cv2.call(cat(parts, 1));
    }
}
