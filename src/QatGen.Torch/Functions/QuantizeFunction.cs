using QatGen.Arithmetic;
using static TorchSharp.torch;

namespace QatGen.Torch.Functions;

/// <summary>
/// q = clamp(floor(x / scale + 0.5), low, high) in double with one scale per index of axis 0, or one for all. The gradient is that of x / scale; where <c>masked</c>, 0 outside the limits. x is float32.
/// </summary>
internal sealed unsafe class QuantizeFunction : autograd.SingleTensorFunction<QuantizeFunction>
{
    public override string Name => nameof(QuantizeFunction);

    public static Tensor Run(Tensor x, double[] scales, int low, int high, bool masked) => apply(x, scales, low, high, masked);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] arguments)
    {
        var x = RawTensor.Contiguous((Tensor)arguments[0]);
        ctx.save_for_backward([x]);
        ctx.save_data("arguments", arguments);
        var (scales, low, high) = ((double[])arguments[1], (int)arguments[2], (int)arguments[3]);
        var result = empty_like(x);
        float* from = RawTensor.Floats(x), to = RawTensor.Floats(result);
        ForEach(x, scales, (i, scale) => to[i] = Quantization.Quantize(from[i], scale, low, high));
        return result;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor gradient)
    {
        var arguments = (object[])ctx.get_data("arguments");
        var (scales, low, high, masked) = ((double[])arguments[1], (int)arguments[2], (int)arguments[3], (bool)arguments[4]);
        var x = ctx.get_saved_variables()[0];
        var incoming = RawTensor.Contiguous(gradient);
        var result = empty_like(x);
        float* from = RawTensor.Floats(x), g = RawTensor.Floats(incoming), to = RawTensor.Floats(result);
        ForEach(x, scales, (i, scale) =>
        {
            var rounded = Quantization.Round(from[i] / scale);
            to[i] = masked && (rounded < low || rounded > high) ? 0 : (float)(g[i] / scale);
        });
        return [result, null!, null!, null!, null!];
    }

    private static void ForEach(Tensor x, double[] scales, Action<long, double> visit)
    {
        var rows = scales.Length == 1 ? Math.Max(1, (int)x.shape.FirstOrDefault(1)) : scales.Length;
        var length = x.numel() / rows;
        RawTensor.ForRows(rows, length, row =>
        {
            var scale = scales.Length == 1 ? scales[0] : scales[row];
            for (var i = row * length; i < (row + 1) * length; i++)
            {
                visit(i, scale);
            }
        });
    }
}
