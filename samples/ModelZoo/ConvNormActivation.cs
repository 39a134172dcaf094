using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>The layers that MobileNetV2, MobileNetV3 and EfficientNet are made of.</summary>
internal static class ConvNormActivation
{
    /// <summary>Convolution (no bias), batch norm and, if given, an activation as entries 0, 1 and 2; the padding keeps the image size at stride 1.</summary>
    public static Sequential ConvNorm(
        long input,
        long output,
        long kernel = 3,
        long stride = 1,
        long groups = 1,
        Func<Module<Tensor, Tensor>>? activation = null,
        double eps = 1e-5,
        double momentum = 0.1)
    {
        var layers = new List<Module<Tensor, Tensor>>
        {
            Conv2d(input, output, kernel, stride: stride, padding: (kernel - 1) / 2, groups: groups, bias: false),
            BatchNorm2d(output, eps, momentum),
        };
        if (activation is not null)
            layers.Add(activation());
        return Sequential(layers);
    }

    /// <summary>The multiple of <paramref name="divisor"/> nearest to <paramref name="channels"/>, but not more than 10 % below it.</summary>
    public static int MakeDivisible(double channels, int divisor = 8)
    {
        var rounded = Math.Max(divisor, (int)(channels + divisor / 2.0) / divisor * divisor);
        return rounded < 0.9 * channels ? rounded + divisor : rounded;
    }
}
