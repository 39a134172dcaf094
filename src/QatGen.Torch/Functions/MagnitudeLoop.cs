using System.Numerics;

namespace QatGen.Torch.Functions;

/// <summary>Magnitudes of a row of float32 values.</summary>
internal static unsafe class MagnitudeLoop
{
    /// <summary>max |v|; NaN where one is.</summary>
    public static float Largest(float* row, int length)
    {
        var largest = Vector<float>.Zero;
        var i = 0;
        for (; i + Vector<float>.Count <= length; i += Vector<float>.Count)
        {
            largest = Vector.Max(largest, Vector.Abs(Vector.Load(row + i)));
        }

        var result = 0f;
        for (var lane = 0; lane < Vector<float>.Count; lane++)
        {
            result = MathF.Max(result, largest[lane]);
        }

        for (; i < length; i++)
        {
            result = MathF.Max(result, MathF.Abs(row[i]));
        }

        return result;
    }

    /// <summary>sum |v| of integers, exact in double; NaN where one is.</summary>
    public static double Sum(float* row, int length)
    {
        var sum = Vector<double>.Zero;
        var i = 0;
        for (; i + Vector<float>.Count <= length; i += Vector<float>.Count)
        {
            Vector.Widen(Vector.Abs(Vector.Load(row + i)), out var a, out var b);
            sum += a + b;
        }

        var result = Vector.Sum(sum);
        for (; i < length; i++)
        {
            result += MathF.Abs(row[i]);
        }

        return result;
    }
}
