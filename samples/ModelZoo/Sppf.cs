using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>Spatial pyramid pooling, fast form: one max pool three times over.</summary>
public sealed class Sppf : Module<Tensor, Tensor>
{
    private readonly YoloConv cv1, cv2;
    private readonly MaxPool2d m;

    public Sppf(int input, int output, int kernel = 5) : base(nameof(Sppf))
    {
        cv1 = new YoloConv(input, input / 2);
        cv2 = new YoloConv(input / 2 * 4, output);
        m = MaxPool2d(kernel, stride: 1, padding: kernel / 2);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        x = cv1.call(x);
        var y1 = m.call(x);
        var y2 = m.call(y1);
        return cv2.call(cat([x, y1, y2, m.call(y2)], 1));
    }
}
