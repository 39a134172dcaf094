using System.Numerics;
using QatGen.Arithmetic;
using static TorchSharp.torch;

namespace QatGen.Torch.Functions;

/// <summary>
/// q = clamp(floor(x / scale + 0.5), low, high) in double, as float32 integers (NUMERICS section 3), with one scale per index of axis 0, or one for all.
/// The gradient is that of x / scale; where <c>masked</c>, 0 outside the limits. x is float32.
/// </summary>
internal sealed unsafe class QuantizeFunction : autograd.SingleTensorFunction<QuantizeFunction>
{
    public override string Name => nameof(QuantizeFunction);

    public static Tensor Run(Tensor x, double[] scales, int low, int high, bool masked) => apply(x, scales, low, high, masked);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] arguments)
    {
        var x = RawTensor.Contiguous((Tensor)arguments[0]);
        var (scales, low, high, masked) = ((double[])arguments[1], (int)arguments[2], (int)arguments[3], (bool)arguments[4]);
        if (masked)
        {
            ctx.save_for_backward([x]);
        }

        ctx.save_data("scales", scales);
        ctx.save_data("limits", (low, high, masked));
        var result = empty_like(x);
        var (from, to) = ((nint)RawTensor.Floats(x), (nint)RawTensor.Floats(result));
        ForRows(x, scales, (start, length, scale) => Quantize((float*)from + start, (float*)to + start, length, scale, low, high));
        return result;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor gradient)
    {
        var scales = (double[])ctx.get_data("scales");
        var (low, high, masked) = ((int, int, bool))ctx.get_data("limits");
        using var scope = NewDisposeScope();
        var incoming = RawTensor.Contiguous(gradient);
        var x = masked ? ctx.get_saved_variables()[0] : incoming;
        var result = empty_like(incoming);
        var (from, passed, to) = ((nint)RawTensor.Floats(x), (nint)RawTensor.Floats(incoming), (nint)RawTensor.Floats(result));
        ForRows(x, scales, (start, length, scale) =>
        {
            if (masked)
            {
                Masked((float*)from + start, (float*)passed + start, (float*)to + start, length, scale, low, high);
            }
            else
            {
                Scaled((float*)passed + start, (float*)to + start, length, (float)(1 / scale));
            }
        });
        return [result.MoveToOuterDisposeScope(), null!, null!, null!, null!];
    }

    private static void Quantize(float* from, float* to, int length, double scale, int low, int high)
    {
        var (step, half, least, most) = (new Vector<double>(scale), new Vector<double>(0.5), new Vector<double>(low), new Vector<double>(high));
        var i = 0;
        for (; i + Vector<float>.Count <= length; i += Vector<float>.Count)
        {
            Vector.Widen(Vector.Load(from + i), out var a, out var b);
            a = Vector.Min(Vector.Max(Vector.Floor((a / step) + half), least), most);
            b = Vector.Min(Vector.Max(Vector.Floor((b / step) + half), least), most);
            Vector.Narrow(a, b).Store(to + i);
        }

        for (; i < length; i++)
        {
            to[i] = (float)Math.Clamp(Quantization.Round(from[i] / scale), low, high);
        }
    }

    private static void Masked(float* from, float* passed, float* to, int length, double scale, int low, int high)
    {
        var (step, half, least, most) = (new Vector<double>(scale), new Vector<double>(0.5), new Vector<double>(low), new Vector<double>(high));
        var factor = (float)(1 / scale);
        var i = 0;
        for (; i + Vector<float>.Count <= length; i += Vector<float>.Count)
        {
            Vector.Widen(Vector.Load(from + i), out var a, out var b);
            (a, b) = (Vector.Floor((a / step) + half), Vector.Floor((b / step) + half));
            var inside = Vector.Narrow(
                Vector.GreaterThanOrEqual(a, least) & Vector.LessThanOrEqual(a, most), Vector.GreaterThanOrEqual(b, least) & Vector.LessThanOrEqual(b, most));
            Vector.ConditionalSelect(inside, Vector.Load(passed + i) * factor, Vector<float>.Zero).Store(to + i);
        }

        for (; i < length; i++)
        {
            var rounded = Quantization.Round(from[i] / scale);
            to[i] = rounded < low || rounded > high ? 0 : passed[i] * factor;
        }
    }

    private static void Scaled(float* passed, float* to, int length, float factor)
    {
        var i = 0;
        for (; i + Vector<float>.Count <= length; i += Vector<float>.Count)
        {
            (Vector.Load(passed + i) * factor).Store(to + i);
        }

        for (; i < length; i++)
        {
            to[i] = passed[i] * factor;
        }
    }

    private static void ForRows(Tensor x, double[] scales, Action<long, int, double> visit)
    {
        var rows = scales.Length == 1 ? Math.Max(1, (int)x.shape.FirstOrDefault(1)) : scales.Length;
        var length = (int)(x.numel() / rows);
        RawTensor.ForRows(rows, length, row => visit((long)row * length, length, scales.Length == 1 ? scales[0] : scales[row]));
    }
}
