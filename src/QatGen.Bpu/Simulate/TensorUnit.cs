using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QatGen.Bpu;

/// <summary>The multiply-accumulate array: int8 or int16 times int8 into int32. Sums are exact in any order, because conversion proved that none leaves int32 (NUMERICS section 4).</summary>
internal static partial class TensorUnit
{
    public static void Conv(Span<byte> sram, Instruction.Conv conv)
    {
        if (conv.From.Type == DType.QInt8)
        {
            Conv<sbyte>(sram, conv);
        }
        else
        {
            Conv<short>(sram, conv);
        }
    }

    public static void DepthwiseConv(Span<byte> sram, Instruction.DepthwiseConv conv)
    {
        if (conv.From.Type == DType.QInt8)
        {
            DepthwiseConv<sbyte>(sram, conv);
        }
        else
        {
            DepthwiseConv<short>(sram, conv);
        }
    }

    private static void Conv<T>(Span<byte> sram, Instruction.Conv conv)
        where T : unmanaged, IBinaryInteger<T>
    {
        var (from, to, window) = (conv.From, conv.To, conv.Window);
        var perOutput = window.Taps * from.Channels;
        var weights = MemoryMarshal.Cast<byte, sbyte>(sram.Slice(conv.Weights, to.Channels * perOutput));
        var bias = MemoryMarshal.Cast<byte, int>(sram.Slice(conv.Bias, 4 * to.Channels));
        var input = MemoryMarshal.Cast<byte, T>(sram);
        var runs = new Run[window.Taps];
        for (var row = 0; row < to.Rows; row++)
        {
            for (var column = 0; column < to.Columns; column++)
            {
                var active = runs.AsSpan(0, Runs(from, window, row, column, runs));
                var sums = MemoryMarshal.Cast<byte, int>(sram.Slice(to.At(row, column), 4 * to.Channels));
                var channel = 0;
                for (; channel + 4 <= sums.Length; channel += 4)
                {
                    var four = Dot4<T>(input, weights.Slice(channel * perOutput, 4 * perOutput), perOutput, active);
                    (four + Vector128.LoadUnsafe(ref bias[channel])).StoreUnsafe(ref sums[channel]);
                }

                for (; channel < sums.Length; channel++)
                {
                    sums[channel] = bias[channel] + Dot<T>(input, weights.Slice(channel * perOutput, perOutput), active);
                }
            }
        }
    }

    private static void DepthwiseConv<T>(Span<byte> sram, Instruction.DepthwiseConv conv)
        where T : unmanaged, IBinaryInteger<T>
    {
        var (from, to, window) = (conv.From, conv.To, conv.Window);
        var weights = MemoryMarshal.Cast<byte, sbyte>(sram.Slice(conv.Weights, window.Taps * to.Channels));
        var bias = MemoryMarshal.Cast<byte, int>(sram.Slice(conv.Bias, 4 * to.Channels));
        for (var row = 0; row < to.Rows; row++)
        {
            var (firstY, endY) = Window.Inside(window.FirstRow(row), window.KernelH, window.DilationH, from.Rows);
            for (var column = 0; column < to.Columns; column++)
            {
                var left = (column * window.StrideW) - window.PadLeft;
                var (firstX, endX) = Window.Inside(left, window.KernelW, window.DilationW, from.Columns);
                var sums = MemoryMarshal.Cast<byte, int>(sram.Slice(to.At(row, column), 4 * to.Channels));
                bias.CopyTo(sums);
                for (var y = firstY; y < endY; y++)
                {
                    for (var x = firstX; x < endX; x++)
                    {
                        var at = from.At(window.FirstRow(row) + (y * window.DilationH), left + (x * window.DilationW));
                        var tap = weights.Slice(((y * window.KernelW) + x) * to.Channels, to.Channels);
                        MultiplyAdd(MemoryMarshal.Cast<byte, T>(sram.Slice(at, from.RunBytes)), tap, sums);
                    }
                }
            }
        }
    }

    /// <summary>The stretches of adjoining inputs that an output position reads, and where their weights lie.</summary>
    private static int Runs(Region from, Window window, int row, int column, Span<Run> runs)
    {
        var (top, left) = (window.FirstRow(row), (column * window.StrideW) - window.PadLeft);
        var (firstY, endY) = Window.Inside(top, window.KernelH, window.DilationH, from.Rows);
        var (firstX, endX) = Window.Inside(left, window.KernelW, window.DilationW, from.Columns);
        var adjoin = window.DilationW == 1 && from.ColumnPitch == from.RunBytes;
        var (step, length) = adjoin ? (Math.Max(1, endX - firstX), (endX - firstX) * from.Channels) : (1, from.Channels);
        var count = 0;
        for (var y = firstY; y < endY; y++)
        {
            for (var x = firstX; x < endX; x += step)
            {
                var at = from.At(top + (y * window.DilationH), left + (x * window.DilationW));
                runs[count++] = new(at / from.Type.Bytes(), ((y * window.KernelW) + x) * from.Channels, length);
            }
        }

        return count;
    }

    /// <summary>Four output channels at once, so that each input vector is widened once.</summary>
    private static Vector128<int> Dot4<T>(ReadOnlySpan<T> input, ReadOnlySpan<sbyte> weights, int perOutput, ReadOnlySpan<Run> runs)
        where T : unmanaged, IBinaryInteger<T>
    {
        Vector256<int> a = default, b = default, c = default, d = default;
        var rest = Vector128<int>.Zero;
        foreach (var run in runs)
        {
            var x = input.Slice(run.Input, run.Length);
            ref readonly var w = ref weights[run.Weight];
            var i = 0;
            for (; i + 16 <= x.Length; i += 16)
            {
                var wide = Widen(in x[i]);
                a += MultiplyPairs(wide, Widen(in Behind(in w, i)));
                b += MultiplyPairs(wide, Widen(in Behind(in w, i + perOutput)));
                c += MultiplyPairs(wide, Widen(in Behind(in w, i + (2 * perOutput))));
                d += MultiplyPairs(wide, Widen(in Behind(in w, i + (3 * perOutput))));
            }

            for (; i < x.Length; i++)
            {
                var at = run.Weight + i;
                rest += Vector128.Create(weights[at], weights[at + perOutput], weights[at + (2 * perOutput)], weights[at + (3 * perOutput)]) * int.CreateTruncating(x[i]);
            }
        }

        return rest + Vector128.Create(Vector256.Sum(a), Vector256.Sum(b), Vector256.Sum(c), Vector256.Sum(d));
    }

    private static int Dot<T>(ReadOnlySpan<T> input, ReadOnlySpan<sbyte> weights, ReadOnlySpan<Run> runs)
        where T : unmanaged, IBinaryInteger<T>
    {
        var sum = 0;
        foreach (var run in runs)
        {
            var x = input.Slice(run.Input, run.Length);
            var w = weights.Slice(run.Weight, run.Length);
            for (var i = 0; i < x.Length; i++)
            {
                sum += int.CreateTruncating(x[i]) * w[i];
            }
        }

        return sum;
    }

    private static void MultiplyAdd<T>(ReadOnlySpan<T> x, ReadOnlySpan<sbyte> w, Span<int> sums)
        where T : unmanaged, IBinaryInteger<T>
    {
        var i = 0;
        for (; i + 16 <= x.Length; i += 16)
        {
            var (low, high) = Products<T>(Widen(in x[i]), Widen(in w[i]));
            (Vector256.LoadUnsafe(ref sums[i]) + low).StoreUnsafe(ref sums[i]);
            (Vector256.LoadUnsafe(ref sums[i + 8]) + high).StoreUnsafe(ref sums[i + 8]);
        }

        for (; i < x.Length; i++)
        {
            sums[i] += int.CreateTruncating(x[i]) * w[i];
        }
    }

    private static ref readonly sbyte Behind(in sbyte start, int offset) => ref Unsafe.Add(ref Unsafe.AsRef(in start), offset);

    private static Vector256<short> Widen<T>(in T start)
        where T : unmanaged
    {
        ref var source = ref Unsafe.AsRef(in start);
        if (typeof(T) == typeof(short))
        {
            return Vector256.LoadUnsafe(ref Unsafe.As<T, short>(ref source));
        }

        var narrow = Vector128.LoadUnsafe(ref Unsafe.As<T, sbyte>(ref source));
        return Avx2.IsSupported ? Avx2.ConvertToVector256Int16(narrow) : Vector256.Create(Vector128.WidenLower(narrow), Vector128.WidenUpper(narrow));
    }

    /// <summary>Eight int32 sums that together hold the sixteen products.</summary>
    private static Vector256<int> MultiplyPairs(Vector256<short> a, Vector256<short> b)
    {
        if (Avx2.IsSupported)
        {
            return Avx2.MultiplyAddAdjacent(a, b);
        }

        var (low, high) = Products<short>(a, b);
        return low + high;
    }

    /// <summary>The sixteen products, in two halves; of two int8 they fit into int16.</summary>
    private static (Vector256<int> Low, Vector256<int> High) Products<T>(Vector256<short> a, Vector256<short> b)
    {
        if (typeof(T) == typeof(sbyte))
        {
            return Vector256.Widen(a * b);
        }

        var (lowA, highA) = Vector256.Widen(a);
        var (lowB, highB) = Vector256.Widen(b);
        return (lowA * lowB, highA * highB);
    }

    private readonly record struct Run(int Input, int Weight, int Length);
}
