using System.Runtime.CompilerServices;

namespace QatGen.Kernels.Simd;

internal sealed unsafe partial class MicroKernels<TSimd, TInt, TDouble>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void MatMul(int* row, int* packed, int pairs, int columns, int* sums)
    {
        var c = 0;
        for (; c + (4 * TSimd.Lanes) <= columns; c += 4 * TSimd.Lanes)
        {
            var (s0, s1, s2, s3) = (TSimd.Broadcast(0), TSimd.Broadcast(0), TSimd.Broadcast(0), TSimd.Broadcast(0));
            var right = packed + c;
            for (var k = 0; k < pairs; k++, right += columns)
            {
                var left = TSimd.Broadcast(row[k]);
                s0 = TSimd.Dot(s0, left, TSimd.Load(right));
                s1 = TSimd.Dot(s1, left, TSimd.Load(right + TSimd.Lanes));
                s2 = TSimd.Dot(s2, left, TSimd.Load(right + (2 * TSimd.Lanes)));
                s3 = TSimd.Dot(s3, left, TSimd.Load(right + (3 * TSimd.Lanes)));
            }

            TSimd.Store(s0, sums + c);
            TSimd.Store(s1, sums + c + TSimd.Lanes);
            TSimd.Store(s2, sums + c + (2 * TSimd.Lanes));
            TSimd.Store(s3, sums + c + (3 * TSimd.Lanes));
        }

        for (; c < columns; c += TSimd.Lanes)
        {
            var sum = TSimd.Broadcast(0);
            for (var k = 0; k < pairs; k++)
            {
                sum = TSimd.Dot(sum, TSimd.Broadcast(row[k]), TSimd.Load(packed + ((long)k * columns) + c));
            }

            TSimd.Store(sum, sums + c);
        }
    }
}
