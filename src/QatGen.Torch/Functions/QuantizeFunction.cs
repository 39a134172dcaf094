using System.Numerics;
using System.Runtime.Intrinsics;
using QatGen.Arithmetic;
using static TorchSharp.torch;

namespace QatGen.Torch.Functions;

/// <summary>
/// q = clamp(floor(x / scale + 0.5), low, high) in double, as float32 integers (NUMERICS section 3), with one scale per index of axis 0, or one for all.
/// The gradient is that of x / scale, as far as <see cref="Rounding"/> passes it; a learned scale, or one per index of axis 0, has its own. x is float32.
/// </summary>
internal sealed unsafe class QuantizeFunction : autograd.SingleTensorFunction<QuantizeFunction>
{
    public override string Name => nameof(QuantizeFunction);

    public static Tensor Run(Tensor x, double[] scales, Rounding rounding) => apply(x, scales, rounding, rounding.Learned!);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] arguments)
    {
        var x = RawTensor.Contiguous((Tensor)arguments[0]);
        var (scales, rounding) = ((double[])arguments[1], (Rounding)arguments[2]);
        if (rounding.Saturate || rounding.Learned is not null)
        {
            ctx.save_for_backward([x]);
        }

        ctx.save_data("scales", scales);
        ctx.save_data("rounding", rounding);
        var result = empty_like(x);
        var (from, to) = ((nint)RawTensor.Floats(x), (nint)RawTensor.Floats(result));
        ForRows(x, scales, (row, start, length) => Quantize((float*)from + start, (float*)to + start, length, scales[scales.Length == 1 ? 0 : row], rounding.Range.Low, rounding.Range.High));
        return result;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor gradient)
    {
        var scales = (double[])ctx.get_data("scales");
        var rounding = (Rounding)ctx.get_data("rounding");
        using var scope = NewDisposeScope();
        var incoming = RawTensor.Contiguous(gradient);
        var limits = RoundingLimits.Of(rounding, rounding.Range.Low, rounding.Range.High);
        var x = rounding.Saturate || rounding.Learned is not null ? ctx.get_saved_variables()[0] : incoming;
        var result = empty_like(incoming);
        var (from, passed, to) = ((nint)RawTensor.Floats(x), (nint)RawTensor.Floats(incoming), (nint)RawTensor.Floats(result));
        var sums = new double[Math.Max(scales.Length, Count(x, scales))];
        ForRows(x, scales, (row, start, length) =>
        {
            var scale = scales[scales.Length == 1 ? 0 : row];
            if (rounding.Learned is not null)
            {
                sums[row] = Learned((float*)from + start, (float*)passed + start, (float*)to + start, length, scale, limits);
            }
            else if (rounding.Saturate)
            {
                Masked((float*)from + start, (float*)passed + start, (float*)to + start, length, scale, rounding.Range.Low, rounding.Range.High);
            }
            else
            {
                Scaled((float*)passed + start, (float*)to + start, length, (float)(1 / scale));
            }
        });
        var learned = rounding.Learned is null ? null : rounding.Gradient(scales.Length == 1 ? [sums.Sum()] : sums, scales).MoveToOuterDisposeScope();
        return [result.MoveToOuterDisposeScope(), null!, null!, learned!];
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

    /// <summary>The gradient of x, and the sum of g * c.</summary>
    private static double Learned(float* from, float* passed, float* to, int length, double scale, RoundingLimits limits)
    {
        var (step, half, factor) = (Vector512.Create(scale), Vector512.Create(0.5), (float)(1 / scale));
        var (least, most, sum) = (Vector512.Create(limits.LeastPassed), Vector512.Create(limits.MostPassed), Vector512<double>.Zero);
        var i = 0;
        for (; i + Vector512<float>.Count <= length; i += Vector512<float>.Count)
        {
            var (a, b) = Vector512.Widen(Vector512.Load(from + i));
            (a, b) = (a / step, b / step);
            var (roundedA, roundedB) = (Vector512.Floor(a + half), Vector512.Floor(b + half));
            var incoming = Vector512.Load(passed + i);
            var (incomingA, incomingB) = Vector512.Widen(incoming);
            sum += (incomingA * SlopeLoop.Of(a, roundedA, limits)) + (incomingB * SlopeLoop.Of(b, roundedB, limits));
            var rounded = Vector512.Narrow(roundedA, roundedB);
            ((incoming & Vector512.GreaterThanOrEqual(rounded, least) & Vector512.LessThanOrEqual(rounded, most)) * factor).Store(to + i);
        }

        var total = Vector512.Sum(sum);
        for (; i < length; i++)
        {
            var v = from[i] / scale;
            var rounded = Quantization.Round(v);
            to[i] = rounded < limits.LeastPassed || rounded > limits.MostPassed ? 0 : passed[i] * factor;
            total += passed[i] * (rounded < limits.Low ? limits.Below : rounded > limits.High ? limits.Above : (rounded - v) * limits.Inside);
        }

        return total;
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

    private static int Count(Tensor x, double[] scales) => scales.Length == 1 ? Math.Max(1, (int)x.shape.FirstOrDefault(1)) : scales.Length;

    private static void ForRows(Tensor x, double[] scales, Action<int, long, int> visit)
    {
        var rows = Count(x, scales);
        var length = (int)(x.numel() / rows);
        RawTensor.ForRows(rows, length, row => visit(row, (long)row * length, length));
    }
}
