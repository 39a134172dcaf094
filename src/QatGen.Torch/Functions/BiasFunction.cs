using QatGen.Arithmetic;
using static TorchSharp.torch;

namespace QatGen.Torch.Functions;

/// <summary>floor(b / scale + 0.5) per channel, saturated to int32, as float64; the gradient is that of b / scale.</summary>
internal sealed unsafe class BiasFunction : autograd.SingleTensorFunction<BiasFunction>
{
    public override string Name => nameof(BiasFunction);

    public static Tensor Run(Tensor bias, double[] scales) => apply(bias, scales);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] arguments)
    {
        var scales = (double[])arguments[1];
        ctx.save_data("scales", scales);
        var from = RawTensor.Floats((Tensor)arguments[0]);
        var integers = new double[scales.Length];
        for (var c = 0; c < integers.Length; c++)
        {
            // NaN stays NaN, for the caller to name the layer.
            integers[c] = Math.Clamp(Quantization.Round(from[c] / scales[c]), int.MinValue, int.MaxValue);
        }

        return tensor(integers);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        return [gradient.div(tensor((double[])ctx.get_data("scales"))).to(ScalarType.Float32).MoveToOuterDisposeScope(), null!];
    }
}
