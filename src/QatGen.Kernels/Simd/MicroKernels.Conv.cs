using System.Runtime.CompilerServices;

namespace QatGen.Kernels.Simd;

/// <summary>The convolutions: each tile's sums stay in registers over all taps; unrolled by hand because the compiler keeps only locals there.</summary>
internal sealed unsafe partial class MicroKernels<TSimd, TInt, TDouble>
{
    public override void Conv(in ConvTile tile)
    {
        var vector = 0;
        for (; vector + 2 <= tile.Vectors; vector += 2)
        {
            if (TSimd.HasThirtyTwoRegisters)
            {
                EightByTwo(tile, 0, vector);
            }
            else
            {
                FourByTwo(tile, 0, vector);
                FourByTwo(tile, 4, vector);
            }
        }

        if (vector < tile.Vectors)
        {
            FourByOne(tile, 0, vector);
            FourByOne(tile, 4, vector);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Depthwise(in DepthwiseTile tile)
    {
        for (var first = 0; first < Pixels; first += 4)
        {
            for (var c = 0; c < tile.Channels; c += TSimd.Lanes)
            {
                TInt a0 = TSimd.Load(tile.Bias + c), a1 = a0, a2 = a0, a3 = a0;
                for (var tap = 0; tap < tile.TapCount; tap++)
                {
                    var at = tile.Taps[tap] + c;
                    var w = TSimd.Load(tile.Weights + (tap * tile.Channels) + c);
                    a0 = TSimd.MultiplyAdd(a0, TSimd.Widen(tile.Sources[first] + at), w);
                    a1 = TSimd.MultiplyAdd(a1, TSimd.Widen(tile.Sources[first + 1] + at), w);
                    a2 = TSimd.MultiplyAdd(a2, TSimd.Widen(tile.Sources[first + 2] + at), w);
                    a3 = TSimd.MultiplyAdd(a3, TSimd.Widen(tile.Sources[first + 3] + at), w);
                }

                var sums = tile.Sums + (first * tile.SumStride) + c;
                TSimd.Store(a0, sums);
                TSimd.Store(a1, sums + tile.SumStride);
                TSimd.Store(a2, sums + (2 * tile.SumStride));
                TSimd.Store(a3, sums + (3 * tile.SumStride));
            }
        }
    }

    /// <summary>Eight pixels by two vectors of channels: 16 sums in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EightByTwo(in ConvTile tile, int first, int vector)
    {
        var stride = tile.TapCount * tile.Pairs * TSimd.Lanes;
        var pairs = tile.Pairs;
        var weights = (int*)tile.Weights + (vector * stride);
        var bias = tile.Bias + (vector * TSimd.Lanes);
        TInt a0 = TSimd.Load(bias), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
        TInt b0 = TSimd.Load(bias + TSimd.Lanes), b1 = b0, b2 = b0, b3 = b0, b4 = b0, b5 = b0, b6 = b0, b7 = b0;
        for (var tap = 0; tap < tile.TapCount; tap++)
        {
            var offset = tile.Taps[tap];
            var x0 = (int*)(tile.Sources[first] + offset);
            var x1 = (int*)(tile.Sources[first + 1] + offset);
            var x2 = (int*)(tile.Sources[first + 2] + offset);
            var x3 = (int*)(tile.Sources[first + 3] + offset);
            var x4 = (int*)(tile.Sources[first + 4] + offset);
            var x5 = (int*)(tile.Sources[first + 5] + offset);
            var x6 = (int*)(tile.Sources[first + 6] + offset);
            var x7 = (int*)(tile.Sources[first + 7] + offset);
            for (var k = 0; k < pairs; k++)
            {
                var v = TSimd.Load(weights);
                var w = TSimd.Load(weights + stride);
                weights += TSimd.Lanes;
                var y0 = TSimd.Broadcast(x0[k]);
                a0 = TSimd.Dot(a0, y0, v);
                b0 = TSimd.Dot(b0, y0, w);
                var y1 = TSimd.Broadcast(x1[k]);
                a1 = TSimd.Dot(a1, y1, v);
                b1 = TSimd.Dot(b1, y1, w);
                var y2 = TSimd.Broadcast(x2[k]);
                a2 = TSimd.Dot(a2, y2, v);
                b2 = TSimd.Dot(b2, y2, w);
                var y3 = TSimd.Broadcast(x3[k]);
                a3 = TSimd.Dot(a3, y3, v);
                b3 = TSimd.Dot(b3, y3, w);
                var y4 = TSimd.Broadcast(x4[k]);
                a4 = TSimd.Dot(a4, y4, v);
                b4 = TSimd.Dot(b4, y4, w);
                var y5 = TSimd.Broadcast(x5[k]);
                a5 = TSimd.Dot(a5, y5, v);
                b5 = TSimd.Dot(b5, y5, w);
                var y6 = TSimd.Broadcast(x6[k]);
                a6 = TSimd.Dot(a6, y6, v);
                b6 = TSimd.Dot(b6, y6, w);
                var y7 = TSimd.Broadcast(x7[k]);
                a7 = TSimd.Dot(a7, y7, v);
                b7 = TSimd.Dot(b7, y7, w);
            }
        }

        var sums = tile.Sums + (first * tile.SumStride) + (vector * TSimd.Lanes);
        StoreTwo(a0, b0, sums);
        StoreTwo(a1, b1, sums + tile.SumStride);
        StoreTwo(a2, b2, sums + (2 * tile.SumStride));
        StoreTwo(a3, b3, sums + (3 * tile.SumStride));
        StoreTwo(a4, b4, sums + (4 * tile.SumStride));
        StoreTwo(a5, b5, sums + (5 * tile.SumStride));
        StoreTwo(a6, b6, sums + (6 * tile.SumStride));
        StoreTwo(a7, b7, sums + (7 * tile.SumStride));
    }

    /// <summary>Four pixels by two vectors of channels: 8 sums in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByTwo(in ConvTile tile, int first, int vector)
    {
        var stride = tile.TapCount * tile.Pairs * TSimd.Lanes;
        var pairs = tile.Pairs;
        var weights = (int*)tile.Weights + (vector * stride);
        var bias = tile.Bias + (vector * TSimd.Lanes);
        TInt a0 = TSimd.Load(bias), a1 = a0, a2 = a0, a3 = a0;
        TInt b0 = TSimd.Load(bias + TSimd.Lanes), b1 = b0, b2 = b0, b3 = b0;
        for (var tap = 0; tap < tile.TapCount; tap++)
        {
            var offset = tile.Taps[tap];
            var x0 = (int*)(tile.Sources[first] + offset);
            var x1 = (int*)(tile.Sources[first + 1] + offset);
            var x2 = (int*)(tile.Sources[first + 2] + offset);
            var x3 = (int*)(tile.Sources[first + 3] + offset);
            for (var k = 0; k < pairs; k++)
            {
                var v = TSimd.Load(weights);
                var w = TSimd.Load(weights + stride);
                weights += TSimd.Lanes;
                var y0 = TSimd.Broadcast(x0[k]);
                a0 = TSimd.Dot(a0, y0, v);
                b0 = TSimd.Dot(b0, y0, w);
                var y1 = TSimd.Broadcast(x1[k]);
                a1 = TSimd.Dot(a1, y1, v);
                b1 = TSimd.Dot(b1, y1, w);
                var y2 = TSimd.Broadcast(x2[k]);
                a2 = TSimd.Dot(a2, y2, v);
                b2 = TSimd.Dot(b2, y2, w);
                var y3 = TSimd.Broadcast(x3[k]);
                a3 = TSimd.Dot(a3, y3, v);
                b3 = TSimd.Dot(b3, y3, w);
            }
        }

        var sums = tile.Sums + (first * tile.SumStride) + (vector * TSimd.Lanes);
        StoreTwo(a0, b0, sums);
        StoreTwo(a1, b1, sums + tile.SumStride);
        StoreTwo(a2, b2, sums + (2 * tile.SumStride));
        StoreTwo(a3, b3, sums + (3 * tile.SumStride));
    }

    /// <summary>Four pixels by one vector of channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByOne(in ConvTile tile, int first, int vector)
    {
        var pairs = tile.Pairs;
        var weights = (int*)tile.Weights + (vector * tile.TapCount * pairs * TSimd.Lanes);
        TInt a0 = TSimd.Load(tile.Bias + (vector * TSimd.Lanes)), a1 = a0, a2 = a0, a3 = a0;
        for (var tap = 0; tap < tile.TapCount; tap++)
        {
            var offset = tile.Taps[tap];
            var x0 = (int*)(tile.Sources[first] + offset);
            var x1 = (int*)(tile.Sources[first + 1] + offset);
            var x2 = (int*)(tile.Sources[first + 2] + offset);
            var x3 = (int*)(tile.Sources[first + 3] + offset);
            for (var k = 0; k < pairs; k++)
            {
                var v = TSimd.Load(weights);
                weights += TSimd.Lanes;
                a0 = TSimd.Dot(a0, TSimd.Broadcast(x0[k]), v);
                a1 = TSimd.Dot(a1, TSimd.Broadcast(x1[k]), v);
                a2 = TSimd.Dot(a2, TSimd.Broadcast(x2[k]), v);
                a3 = TSimd.Dot(a3, TSimd.Broadcast(x3[k]), v);
            }
        }

        var sums = tile.Sums + (first * tile.SumStride) + (vector * TSimd.Lanes);
        TSimd.Store(a0, sums);
        TSimd.Store(a1, sums + tile.SumStride);
        TSimd.Store(a2, sums + (2 * tile.SumStride));
        TSimd.Store(a3, sums + (3 * tile.SumStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreTwo(TInt a, TInt b, int* target)
    {
        TSimd.Store(a, target);
        TSimd.Store(b, target + TSimd.Lanes);
    }
}
