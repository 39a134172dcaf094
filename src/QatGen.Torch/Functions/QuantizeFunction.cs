using System.Numerics;
using System.Runtime.CompilerServices;
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

    /// <summary>Integers, or where <paramref name="units"/> are given as many of those of each scale; <paramref name="magnitudes"/>, where given, receives the sum of |q| of each index of axis 0.</summary>
    public static Tensor Run(Tensor x, double[] scales, Rounding rounding, double[]? magnitudes = null, double[]? units = null) => apply(x, scales, rounding, rounding.Learned!, magnitudes!, units!);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] arguments)
    {
        var x = RawTensor.Contiguous((Tensor)arguments[0]);
        var (scales, rounding, magnitudes, units) = ((double[])arguments[1], (Rounding)arguments[2], (double[]?)arguments[4], (double[]?)arguments[5]);
        if (rounding.Saturate || rounding.Learned is not null)
        {
            ctx.save_for_backward([x]);
        }

        ctx.save_data("scales", scales);
        ctx.save_data("rounding", rounding);
        ctx.save_data("units", units!);
        var result = empty_like(x);
        var (from, to) = ((nint)RawTensor.Floats(x), (nint)RawTensor.Floats(result));
        ForRows(x, scales, (row, start, length) =>
        {
            Quantize((float*)from + start, (float*)to + start, length, scales[scales.Length == 1 ? 0 : row], rounding.Range.Low, rounding.Range.High);
            if (magnitudes is not null)
            {
                magnitudes[row] = MagnitudeLoop.Sum((float*)to + start, length);
            }

            if (units is not null)
            {
                // While the row is near.
                Scaled((float*)to + start, (float*)to + start, length, (float)units[scales.Length == 1 ? 0 : row]);
            }
        });
        return result;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor gradient)
    {
        var scales = (double[])ctx.get_data("scales");
        var (rounding, units) = ((Rounding)ctx.get_data("rounding"), (double[]?)ctx.get_data("units"));
        using var scope = NewDisposeScope();
        var incoming = RawTensor.Contiguous(gradient);
        var limits = RoundingLimits.Of(rounding, rounding.Range.Low, rounding.Range.High);
        var x = rounding.Saturate || rounding.Learned is not null ? ctx.get_saved_variables()[0] : incoming;
        var result = empty_like(incoming);
        var (from, passed, to) = ((nint)RawTensor.Floats(x), (nint)RawTensor.Floats(incoming), (nint)RawTensor.Floats(result));
        var sums = new double[Math.Max(scales.Length, Count(x, scales))];
        ForRows(x, scales, (row, start, length) =>
        {
            var at = scales.Length == 1 ? 0 : row;
            var (scale, unit) = (scales[at], units is null ? 1 : units[at]);
            if (rounding.Learned is not null)
            {
                sums[row] = unit * Learned((float*)from + start, (float*)passed + start, (float*)to + start, length, scale, (float)(unit / scale), limits);
            }
            else if (rounding.Saturate)
            {
                Masked((float*)from + start, (float*)passed + start, (float*)to + start, length, scale, (float)(unit / scale), rounding.Range.Low, rounding.Range.High);
            }
            else
            {
                Scaled((float*)passed + start, (float*)to + start, length, (float)(unit / scale));
            }
        });
        var learned = rounding.Learned is null ? null : rounding.Gradient(scales.Length == 1 ? [sums.Sum()] : sums, scales).MoveToOuterDisposeScope();
        return [result.MoveToOuterDisposeScope(), null!, null!, learned!, null!, null!];
    }

    /// <summary>float32 decides, but where the value is so near to the middle between two integers that the double quotient could round to the other one; it decides there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Quantize(float* from, float* to, int length, double scale, int low, int high)
    {
        // The product's relative error is below 2^-22: 2^-24 of the factor and of the multiplication.
        var (perStep, error, middle) = (Vector512.Create((float)(1 / scale)), Vector512.Create(1f / (1 << 21)), Vector512.Create(0.5f));
        var (step, half, least, most) = (Vector512.Create(scale), Vector512.Create(0.5), Vector512.Create((float)low), Vector512.Create((float)high));
        var i = 0;
        for (; i + Vector512<float>.Count <= length; i += Vector512<float>.Count)
        {
            var x = Vector512.Load(from + i);
            var v = x * perStep;
            var rounded = Vector512.Floor(v + middle);
            if (!Vector512.LessThanAll(Vector512.Abs(v - rounded) + (Vector512.Abs(v) * error), middle))
            {
                var (a, b) = Vector512.Widen(x);
                rounded = Vector512.Narrow(Vector512.Floor((a / step) + half), Vector512.Floor((b / step) + half));
            }

            Vector512.Min(Vector512.Max(rounded, least), most).Store(to + i);
        }

        for (; i < length; i++)
        {
            to[i] = (float)Math.Clamp(Quantization.Round(from[i] / scale), low, high);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Masked(float* from, float* passed, float* to, int length, double scale, float factor, int low, int high)
    {
        var (step, half, least, most) = (new Vector<double>(scale), new Vector<double>(0.5), new Vector<double>(low), new Vector<double>(high));
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Learned(float* from, float* passed, float* to, int length, double scale, float factor, RoundingLimits limits)
    {
        var (step, half) = (Vector512.Create(scale), Vector512.Create(0.5));
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
