using QatGen.Arithmetic;
using static TorchSharp.torch;

namespace QatGen.Torch.Functions;

/// <summary>floor(b / scale + 0.5) per channel, saturated to int32, as float64; the gradient is that of b / scale.</summary>
internal sealed class BiasFunction : autograd.SingleTensorFunction<BiasFunction>
{
    public override string Name => nameof(BiasFunction);

    public static Tensor Run(Tensor bias, double[] scales) => apply(bias, scales);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] arguments)
    {
        var scales = (double[])arguments[1];
        ctx.save_data("scales", scales);
        return tensor(((Tensor)arguments[0]).data<float>().Select((b, c) => (double)Quantization.Quantize(b, scales[c], DType.QInt32)).ToArray());
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor gradient)
    {
        var scales = (double[])ctx.get_data("scales");
        return [gradient.div(tensor(scales)).to(ScalarType.Float32), null!];
    }
}
