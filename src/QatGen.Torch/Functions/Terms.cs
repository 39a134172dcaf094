using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace QatGen.Torch.Functions;

/// <summary>One or two float32 terms of a row, y null for one, and their factors: one each for the row, or where it is mapped one for each position.</summary>
internal readonly unsafe struct Terms(float* x, float* y, double* factorX, double* factorY, bool isMapped)
{
    /// <summary>v = x * fx + y * fy in double of one vector's length of values, in two halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (Vector512<double> Low, Vector512<double> High) Sum(int at)
    {
        var (a, b) = Vector512.Widen(Vector512.Load(x + at));
        var (fa, fb) = Factors(factorX, at, isMapped);
        if (y == null)
        {
            return (a * fa, b * fb);
        }

        var (c, d) = Vector512.Widen(Vector512.Load(y + at));
        var (fc, fd) = Factors(factorY, at, isMapped);
        return ((a * fa) + (c * fc), (b * fb) + (d * fd));
    }

    /// <summary>The factors of one vector's length of values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<double> Low, Vector512<double> High) Factors(double* factors, int at, bool isMapped) => isMapped
        ? (Vector512.Load(factors + at), Vector512.Load(factors + at + Vector512<double>.Count))
        : (Vector512.Create(*factors), Vector512.Create(*factors));
}
