using System.Runtime.CompilerServices;

namespace QatGen.Kernels.Simd;

/// <summary>The inner loops over any vectors. Convolutions are in the other part.</summary>
internal sealed unsafe partial class MicroKernels<TSimd, TInt, TDouble> : MicroKernels
    where TSimd : struct, ISimd<TInt, TDouble>
    where TInt : struct
    where TDouble : struct
{
    public override int Lanes => TSimd.Lanes;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Rescale(in RescaleTile tile)
    {
        for (var p = 0; p < tile.Pixels; p++)
        {
            var (numbers, target) = ((nint)tile.Numbers[p], (nint)tile.Targets[p]);
            for (var c = 0; c < tile.Channels; c += TSimd.Lanes)
            {
                var low = (double*)numbers + c;
                var high = low + tile.Channels;
                var multiplier = high;
                TDouble lower = default, upper = default;
                for (var t = 0; t < tile.TermCount; t++)
                {
                    multiplier += tile.Channels;
                    var term = Load(tile.Terms[(t * Pixels) + p], c, tile.TermIsWide[t]);
                    lower = TSimd.MultiplyAdd(lower, TSimd.LowerToDouble(term), TSimd.LoadDouble(multiplier));
                    upper = TSimd.MultiplyAdd(upper, TSimd.UpperToDouble(term), TSimd.LoadDouble(multiplier + (TSimd.Lanes / 2)));
                }

                lower = TSimd.RoundAndClamp(lower, TSimd.LoadDouble(low), TSimd.LoadDouble(high));
                upper = TSimd.RoundAndClamp(upper, TSimd.LoadDouble(low + (TSimd.Lanes / 2)), TSimd.LoadDouble(high + (TSimd.Lanes / 2)));
                Store(TSimd.ToInt(lower, upper), (void*)target, c, tile.IsWide);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void MaxPool(in PoolWindow window)
    {
        for (var c = 0; c < window.Channels; c += TSimd.Lanes)
        {
            var value = TSimd.Broadcast(window.Start);
            for (var y = 0; y < window.Rows; y++)
            {
                for (var x = 0; x < window.Columns; x++)
                {
                    value = TSimd.Max(value, Load(window.Source, (y * window.RowStep) + (x * window.ColumnStep) + c, window.SourceIsWide));
                }
            }

            Store(value, window.Target, c, window.IsWide);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void SumPool(in PoolWindow window)
    {
        for (var c = 0; c < window.Channels; c += TSimd.Lanes)
        {
            var value = TSimd.Broadcast(window.Start);
            for (var y = 0; y < window.Rows; y++)
            {
                for (var x = 0; x < window.Columns; x++)
                {
                    value = TSimd.Add(value, Load(window.Source, (y * window.RowStep) + (x * window.ColumnStep) + c, window.SourceIsWide));
                }
            }

            Store(value, window.Target, c, window.IsWide);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Blend(in BlendTile tile)
    {
        for (var c = 0; c < tile.Channels; c += TSimd.Lanes)
        {
            var sum = TSimd.Broadcast(0);
            for (var s = 0; s < tile.Count; s++)
            {
                sum = TSimd.MultiplyAdd(sum, TSimd.Widen(tile.Sources[s] + c), TSimd.Broadcast(tile.Weights[s]));
            }

            TSimd.Store(sum, tile.Target + c);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TInt Load(void* source, int at, bool isWide) => isWide ? TSimd.Load((int*)source + at) : TSimd.Widen((short*)source + at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TInt value, void* target, int at, bool isWide)
    {
        if (isWide)
        {
            TSimd.Store(value, (int*)target + at);
        }
        else
        {
            TSimd.Narrow(value, (short*)target + at);
        }
    }
}
