using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace QatGen.Torch.Functions;

/// <summary>
/// The vectorized part of a row of <see cref="Terms"/>. Each method treats the largest multiple of the vector's length and returns it. Which values pass the gradient is a bit each, a word for each vector.
/// Optimized at once, because a training run is over before tiered compilation has looked at every loop.
/// </summary>
internal static unsafe class TermLoop
{
    private static readonly Vector512<int> Bits = Vector512.Create(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);

    /// <summary>clamp(floor(v + 0.5)), and, unless <paramref name="passed"/> is null, whether the rounded value lies inside the limits of the gradient.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Round(Terms terms, float* to, ushort* passed, int length, RoundingLimits limits)
    {
        var (low, high, half) = (Vector512.Create(limits.Low), Vector512.Create(limits.High), Vector512.Create(0.5));
        var (least, most) = (Vector512.Create(limits.LeastPassed), Vector512.Create(limits.MostPassed));
        var i = 0;
        for (; i + Vector512<float>.Count <= length; i += Vector512<float>.Count)
        {
            var (a, b) = terms.Sum(i);

            // Narrowing before the clamp is safe: integers beyond 2^24 lose digits, not their side of the limits.
            var rounded = Vector512.Narrow(Vector512.Floor(a + half), Vector512.Floor(b + half));
            Vector512.Min(Vector512.Max(rounded, low), high).Store(to + i);
            if (passed != null)
            {
                passed[i / Vector512<float>.Count] = (ushort)(Vector512.GreaterThanOrEqual(rounded, least) & Vector512.LessThanOrEqual(rounded, most)).ExtractMostSignificantBits();
            }
        }

        return i;
    }

    /// <summary>The gradients g * fx and g * fy where they pass, else 0; no second one where <paramref name="toY"/> is null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Pass(float* g, ushort* passed, float* toX, float* toY, int length, double* factorX, double* factorY, bool isMapped)
    {
        var i = 0;
        for (; i + Vector512<float>.Count <= length; i += Vector512<float>.Count)
        {
            var passes = Vector512.Equals(Vector512.Create((int)passed[i / Vector512<float>.Count]) & Bits, Bits).AsSingle();
            var gradient = Vector512.Load(g + i) & passes;
            var (a, b) = Terms.Factors(factorX, i, isMapped);
            (gradient * Vector512.Narrow(a, b)).Store(toX + i);
            if (toY != null)
            {
                (a, b) = Terms.Factors(factorY, i, isMapped);
                (gradient * Vector512.Narrow(a, b)).Store(toY + i);
            }
        }

        return i;
    }

    /// <summary>The same from the terms themselves, and the sum of g * c of a learned scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int PassLearned(Terms terms, float* g, float* toX, float* toY, int length, double* factorX, double* factorY, bool isMapped, RoundingLimits limits, out double sum)
    {
        var (least, most) = (Vector512.Create(limits.LeastPassed), Vector512.Create(limits.MostPassed));
        var (half, total) = (Vector512.Create(0.5), Vector512<double>.Zero);
        var i = 0;
        for (; i + Vector512<float>.Count <= length; i += Vector512<float>.Count)
        {
            var (a, b) = terms.Sum(i);
            var (roundedA, roundedB) = (Vector512.Floor(a + half), Vector512.Floor(b + half));
            var incoming = Vector512.Load(g + i);
            var (incomingA, incomingB) = Vector512.Widen(incoming);
            total += (incomingA * SlopeLoop.Of(a, roundedA, limits)) + (incomingB * SlopeLoop.Of(b, roundedB, limits));
            var rounded = Vector512.Narrow(roundedA, roundedB);
            var gradient = incoming & Vector512.GreaterThanOrEqual(rounded, least) & Vector512.LessThanOrEqual(rounded, most);
            (a, b) = Terms.Factors(factorX, i, isMapped);
            (gradient * Vector512.Narrow(a, b)).Store(toX + i);
            if (toY != null)
            {
                (a, b) = Terms.Factors(factorY, i, isMapped);
                (gradient * Vector512.Narrow(a, b)).Store(toY + i);
            }
        }

        sum = Vector512.Sum(total);
        return i;
    }

    /// <summary>The smallest and largest v; (+infinity, -infinity) of nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Range(Terms terms, int length, out double smallest, out double largest)
    {
        var (min, max) = (Vector512.Create(double.PositiveInfinity), Vector512.Create(double.NegativeInfinity));
        var i = 0;
        for (; i + Vector512<float>.Count <= length; i += Vector512<float>.Count)
        {
            var (a, b) = terms.Sum(i);
            min = Vector512.Min(min, Vector512.Min(a, b));
            max = Vector512.Max(max, Vector512.Max(a, b));
        }

        var (min4, max4) = (Vector256.Min(min.GetLower(), min.GetUpper()), Vector256.Max(max.GetLower(), max.GetUpper()));
        var (min2, max2) = (Vector128.Min(min4.GetLower(), min4.GetUpper()), Vector128.Max(max4.GetLower(), max4.GetUpper()));
        (smallest, largest) = (Math.Min(min2[0], min2[1]), Math.Max(max2[0], max2[1]));
        return i;
    }
}
