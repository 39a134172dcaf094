using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>Two convolutions of as many channels, with or without a shortcut around them.</summary>
public sealed class YoloBottleneck : Module<Tensor, Tensor>
{
    private readonly YoloConv cv1, cv2;
    private readonly bool add;

    public YoloBottleneck(int channels, bool shortcut, (int First, int Second) kernels) : base(nameof(YoloBottleneck))
    {
        cv1 = new YoloConv(channels, channels, kernels.First);
        cv2 = new YoloConv(channels, channels, kernels.Second);
        add = shortcut;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => add ? x + cv2.call(cv1.call(x)) : cv2.call(cv1.call(x));
}
