using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace QatGen.Torch.Functions;

/// <summary>
/// The vectorized part of a row with one or two float32 terms in one lane: v = x * mx + y * my in double, y null for one term. Each method treats the largest multiple of the vector's length and returns it.
/// Optimized at once, because a training run is over before tiered compilation has looked at every loop.
/// </summary>
internal static unsafe class TermLoop
{
    /// <summary>clamp(floor(v + 0.5)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Round(float* x, float* y, float* to, int length, double mx, double my, float low, float high)
    {
        var (least, most) = (Vector512.Create(low), Vector512.Create(high));
        var (factorX, factorY, half) = (Vector512.Create(mx), Vector512.Create(my), Vector512.Create(0.5));
        var i = 0;
        for (; i + Vector512<float>.Count <= length; i += Vector512<float>.Count)
        {
            var (a, b) = Sum(x + i, y == null ? null : y + i, factorX, factorY);

            // Narrowing before the clamp is safe: integers beyond 2^24 lose digits, not their side of the limits.
            var rounded = Vector512.Narrow(Vector512.Floor(a + half), Vector512.Floor(b + half));
            Vector512.Min(Vector512.Max(rounded, least), most).Store(to + i);
        }

        return i;
    }

    /// <summary>The gradients g * gx and g * gy where floor(v + 0.5) lies inside the limits, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Backward(float* x, float* y, float* g, float* toX, float* toY, int length, double mx, double my, float gx, float gy, RoundingLimits limits)
    {
        var (least, most) = (Vector512.Create(limits.LeastPassed), Vector512.Create(limits.MostPassed));
        var (factorX, factorY, half) = (Vector512.Create(mx), Vector512.Create(my), Vector512.Create(0.5));
        var (gradientX, gradientY) = (Vector512.Create(gx), Vector512.Create(gy));
        var i = 0;
        for (; i + Vector512<float>.Count <= length; i += Vector512<float>.Count)
        {
            var (a, b) = Sum(x + i, y == null ? null : y + i, factorX, factorY);

            var rounded = Vector512.Narrow(Vector512.Floor(a + half), Vector512.Floor(b + half));
            var passed = Vector512.Load(g + i) & Vector512.GreaterThanOrEqual(rounded, least) & Vector512.LessThanOrEqual(rounded, most);
            (passed * gradientX).Store(toX + i);
            if (y != null)
            {
                (passed * gradientY).Store(toY + i);
            }
        }

        return i;
    }

    /// <summary>The same, and the sum of g * c of a learned scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int BackwardLearned(float* x, float* y, float* g, float* toX, float* toY, int length, double mx, double my, float gx, float gy, RoundingLimits limits, out double sum)
    {
        var (least, most) = (Vector512.Create(limits.LeastPassed), Vector512.Create(limits.MostPassed));
        var (factorX, factorY, half) = (Vector512.Create(mx), Vector512.Create(my), Vector512.Create(0.5));
        var (gradientX, gradientY) = (Vector512.Create(gx), Vector512.Create(gy));
        var total = Vector512<double>.Zero;
        var i = 0;
        for (; i + Vector512<float>.Count <= length; i += Vector512<float>.Count)
        {
            var (a, b) = Sum(x + i, y == null ? null : y + i, factorX, factorY);
            var (roundedA, roundedB) = (Vector512.Floor(a + half), Vector512.Floor(b + half));
            var incoming = Vector512.Load(g + i);
            var (incomingA, incomingB) = Vector512.Widen(incoming);
            total += (incomingA * SlopeLoop.Of(a, roundedA, limits)) + (incomingB * SlopeLoop.Of(b, roundedB, limits));
            var rounded = Vector512.Narrow(roundedA, roundedB);
            var passed = incoming & Vector512.GreaterThanOrEqual(rounded, least) & Vector512.LessThanOrEqual(rounded, most);
            (passed * gradientX).Store(toX + i);
            if (y != null)
            {
                (passed * gradientY).Store(toY + i);
            }
        }

        sum = Vector512.Sum(total);
        return i;
    }

    /// <summary>The smallest and largest v; (+infinity, -infinity) of nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Range(float* x, float* y, int length, double mx, double my, out double smallest, out double largest)
    {
        var (factorX, factorY) = (Vector512.Create(mx), Vector512.Create(my));
        var (min, max) = (Vector512.Create(double.PositiveInfinity), Vector512.Create(double.NegativeInfinity));
        var i = 0;
        for (; i + Vector512<float>.Count <= length; i += Vector512<float>.Count)
        {
            var (a, b) = Sum(x + i, y == null ? null : y + i, factorX, factorY);

            min = Vector512.Min(min, Vector512.Min(a, b));
            max = Vector512.Max(max, Vector512.Max(a, b));
        }

        var (min4, max4) = (Vector256.Min(min.GetLower(), min.GetUpper()), Vector256.Max(max.GetLower(), max.GetUpper()));
        var (min2, max2) = (Vector128.Min(min4.GetLower(), min4.GetUpper()), Vector128.Max(max4.GetLower(), max4.GetUpper()));
        (smallest, largest) = (Math.Min(min2[0], min2[1]), Math.Max(max2[0], max2[1]));
        return i;
    }

    /// <summary>v of one vector's length of values, in two halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<double> Low, Vector512<double> High) Sum(float* x, float* y, Vector512<double> mx, Vector512<double> my)
    {
        var (a, b) = Vector512.Widen(Vector512.Load(x));
        if (y == null)
        {
            return (a * mx, b * mx);
        }

        var (c, d) = Vector512.Widen(Vector512.Load(y));
        return ((a * mx) + (c * my), (b * mx) + (d * my));
    }
}
