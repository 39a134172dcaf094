namespace QatGen.Arithmetic;

/// <summary>Scales from ranges, and integers from reals (NUMERICS sections 2 and 3). Nothing else in the project rounds a real to an integer.</summary>
public static class Quantization
{
    /// <summary>No scale is smaller: float32's machine epsilon.</summary>
    public const float SmallestScale = 1f / (1 << 23);

    /// <summary>Half goes toward +infinity: floor(x + 0.5).</summary>
    public static double Round(double x) => Math.Floor(x + 0.5);

    /// <summary>absmax / ((qmax - qmin) / 2), never below 2^-23, with absmax = max(-min, max, 0).</summary>
    public static float Scale(float min, float max, QuantRange range)
    {
        var absmax = Math.Max(Math.Max(-min, max), 0f);
        return Math.Max((float)(absmax / range.Half), SmallestScale);
    }

    /// <summary>The same for all integers of a type.</summary>
    public static float Scale(float min, float max, DType type = DType.QInt8) => Scale(min, max, (QuantRange)type);

    /// <summary>The scale of one output channel that fits its weights, or a larger one that lets the channel hold its bias in 2^28 steps of <paramref name="inputScale"/> times itself.</summary>
    public static float WeightScale(float fits, double bias, double inputScale) => Math.Max(fits, (float)(Math.Abs(bias) / (inputScale * (1 << 28))));

    /// <summary>clamp(floor(x / scale + 0.5), low, high); infinities saturate. The caller has excluded NaN.</summary>
    public static int Quantize(double x, double scale, int low, int high) => Clamp(Round(x / scale), low, high);

    public static int Quantize(double x, double scale, DType type = DType.QInt8) => Quantize(x, scale, type.Min(), type.Max());

    public static int Clamp(double q, int low, int high) => q <= low ? low : q >= high ? high : (int)q;

    public static int Clamp(long q, int low, int high) => q <= low ? low : q >= high ? high : (int)q;

    /// <summary>The integer limits of a real range at a scale: ReLU6's upper limit is min(qmax, floor(6 / scale + 0.5)).</summary>
    public static (int Low, int High) Limits(ClampRange range, double scale, QuantRange integers) =>
        (double.IsNegativeInfinity(range.Low) ? integers.Low : Quantize(range.Low, scale, integers.Low, integers.High),
         double.IsPositiveInfinity(range.High) ? integers.High : Quantize(range.High, scale, integers.Low, integers.High));
}
