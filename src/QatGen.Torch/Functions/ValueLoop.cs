using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using QatGen.Arithmetic;

namespace QatGen.Torch.Functions;

/// <summary>What observers ask of the memory of a float32 tensor.</summary>
internal static unsafe class ValueLoop
{
    private const int BlockLength = 1 << 12;

    /// <summary>The smallest and largest value; NaN where one is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (float Min, float Max) Range(float* values, long count)
    {
        var (min, max, isNumber) = (Vector512.Create(float.PositiveInfinity), Vector512.Create(float.NegativeInfinity), Vector512<float>.AllBitsSet);
        long i = 0;
        for (; i + Vector512<float>.Count <= count; i += Vector512<float>.Count)
        {
            var v = Vector512.Load(values + i);
            (min, max, isNumber) = (Vector512.Min(min, v), Vector512.Max(max, v), isNumber & Vector512.Equals(v, v));
        }

        var (smallest, largest) = (float.PositiveInfinity, float.NegativeInfinity);
        for (var lane = 0; lane < Vector512<float>.Count; lane++)
        {
            (smallest, largest) = (MathF.Min(smallest, min[lane]), MathF.Max(largest, max[lane]));
        }

        for (; i < count; i++)
        {
            (smallest, largest) = (MathF.Min(smallest, values[i]), MathF.Max(largest, values[i]));
        }

        return isNumber.Equals(Vector512<float>.AllBitsSet) || !Vector512.EqualsAny(isNumber.AsInt32(), Vector512<int>.Zero) ? (smallest, largest) : (float.NaN, float.NaN);
    }

    /// <summary>sum (x - scale * clamp(floor(x / scale + 0.5)))^2 for each scale: all of them while a block of values is in the cache. Within float32, which is what a choice between scales needs.</summary>
    public static double[] SquaredErrors(float* values, long count, float[] scales, QuantRange range)
    {
        var blocks = (int)((count + BlockLength - 1) / BlockLength);
        var sums = new double[blocks * scales.Length];
        RawTensor.ForRows(blocks, BlockLength * (long)scales.Length, block =>
        {
            var start = (long)block * BlockLength;
            for (var s = 0; s < scales.Length; s++)
            {
                sums[(block * scales.Length) + s] = SquaredError(values + start, (int)Math.Min(BlockLength, count - start), scales[s], range);
            }
        });
        return [.. Enumerable.Range(0, scales.Length).Select(s => Enumerable.Range(0, blocks).Sum(b => sums[(b * scales.Length) + s]))];
    }

    /// <summary>How many magnitudes lie in each of equal bins from 0 to <paramref name="largest"/>.</summary>
    public static float[] Magnitudes(float* values, long count, float largest, int bins)
    {
        var counts = new long[bins];
        var perUnit = bins / Math.Max(largest, float.Epsilon);
        for (long i = 0; i < count; i++)
        {
            counts[Math.Min((int)(MathF.Abs(values[i]) * perUnit), bins - 1)]++;
        }

        return [.. counts.Select(static c => (float)c)];
    }

    /// <summary>How many values lie in each of equal bins from <paramref name="min"/> to <paramref name="max"/>.</summary>
    public static float[] Histogram(float* values, long count, float min, float max, int bins)
    {
        var counts = new long[bins];
        for (long i = 0; i < count; i++)
        {
            counts[max > min ? Math.Clamp((int)((values[i] - min) * bins / (max - min)), 0, bins - 1) : 0]++;
        }

        return [.. counts.Select(static c => (float)c)];
    }

    /// <summary>Mean and standard deviation.</summary>
    public static (double Mean, double Deviation) Moments(float* values, long count)
    {
        double sum = 0;
        for (long i = 0; i < count; i++)
        {
            sum += values[i];
        }

        var (mean, squares) = (sum / count, 0.0);
        for (long i = 0; i < count; i++)
        {
            squares += (values[i] - mean) * (values[i] - mean);
        }

        return (mean, Math.Sqrt(squares / count));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double SquaredError(float* values, int count, float scale, QuantRange range)
    {
        var (step, perStep, half) = (Vector512.Create(scale), Vector512.Create(1 / scale), Vector512.Create(0.5f));
        var (least, most, sum) = (Vector512.Create((float)range.Low), Vector512.Create((float)range.High), Vector512<float>.Zero);
        var i = 0;
        for (; i + Vector512<float>.Count <= count; i += Vector512<float>.Count)
        {
            var v = Vector512.Load(values + i);
            var error = v - (Vector512.Min(Vector512.Max(Vector512.Floor((v * perStep) + half), least), most) * step);
            sum += error * error;
        }

        double total = Vector512.Sum(sum);
        for (; i < count; i++)
        {
            var error = values[i] - (Math.Clamp(MathF.Floor((values[i] / scale) + 0.5f), range.Low, range.High) * scale);
            total += error * error;
        }

        return total;
    }
}
