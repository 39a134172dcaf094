using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>YOLOv5's cross stage partial block: bottlenecks on one half of the channels, the other half around them.</summary>
public sealed class C3 : Module<Tensor, Tensor>
{
    private readonly YoloConv cv1, cv2, cv3;
    private readonly Sequential m;

    public C3(int input, int output, int repeats = 1, bool shortcut = true) : base(nameof(C3))
    {
        var hidden = output / 2;
        cv1 = new YoloConv(input, hidden);
        cv2 = new YoloConv(input, hidden);
        cv3 = new YoloConv(2 * hidden, output);
        m = Sequential(Enumerable.Range(0, repeats).Select(i => ($"{i}", (Module<Tensor, Tensor>)new YoloBottleneck(hidden, shortcut, kernels: (1, 3)))));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => cv3.call(cat([m.call(cv1.call(x)), cv2.call(x)], 1));
}
