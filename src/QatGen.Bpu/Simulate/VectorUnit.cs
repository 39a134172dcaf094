using System.Runtime.InteropServices;
using QatGen.Arithmetic;
using QatGen.Primitives;

namespace QatGen.Bpu;

/// <summary>The vector engine: rescaling and pooling, channel by channel.</summary>
internal static partial class VectorUnit
{
    public static void Rescale(Span<byte> sram, Instruction.Rescale rescale)
    {
        var (to, length) = (rescale.To, rescale.RowLength);
        var table = MemoryMarshal.Cast<byte, int>(sram.Slice(rescale.Table, 4 * length * rescale.LaneCount));
        var map = rescale.Lanes == LaneKind.Position ? MemoryMarshal.Cast<byte, ushort>(sram.Slice(rescale.Map, 2 * to.Positions)) : default;
        var laneStep = rescale.Lanes == LaneKind.Channel ? length : 0;
        var (sums, values) = (new long[to.Channels], new int[to.Channels]);
        for (var position = 0; position < to.Positions; position++)
        {
            var (row, column) = (position / to.Columns, position % to.Columns);
            var lanes = rescale.Lanes == LaneKind.Position ? table.Slice(map[position] * length, length) : table;
            Array.Clear(sums);
            for (var term = 0; term < rescale.Terms.Count; term++)
            {
                var box = rescale.Terms[term];
                var run = values.AsSpan(0, box.Channels);
                Integers.Read(sram.Slice(box.At(row, column), box.RunBytes), box.Type, run);
                AddProducts(run, lanes[(3 + term)..], laneStep, sums);
            }

            Round(sums, lanes, laneStep, values);
            Integers.Write(values, sram.Slice(to.At(row, column), to.RunBytes), to.Type);
        }
    }

    public static void MaxPool(Span<byte> sram, Instruction.MaxPool pool)
    {
        var best = new int[pool.To.Channels];
        Pool(sram, pool.From, pool.To, pool.Window, best, pool.From.Type.Min(), static (best, values) =>
        {
            for (var i = 0; i < best.Length; i++)
            {
                best[i] = Math.Max(best[i], values[i]);
            }
        });
    }

    public static void SumPool(Span<byte> sram, Instruction.SumPool pool)
    {
        var sums = new int[pool.To.Channels];
        Pool(sram, pool.From, pool.To, pool.Window, sums, 0, static (sums, values) =>
        {
            for (var i = 0; i < sums.Length; i++)
            {
                sums[i] += values[i];
            }
        });
    }

    public static void Lut(Span<byte> sram, Instruction.Lut lut)
    {
        var function = FunctionTable.Read(sram.Slice(lut.Table, TableConstant.Bytes(lut.From.Type)), lut.From.Type, lut.To.Type);
        var values = new int[lut.To.Channels];
        for (var position = 0; position < lut.To.Positions; position++)
        {
            var (row, column) = (position / lut.To.Columns, position % lut.To.Columns);
            Integers.Read(sram.Slice(lut.From.At(row, column), lut.From.RunBytes), lut.From.Type, values);
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = function(values[i]);
            }

            Integers.Write(values, sram.Slice(lut.To.At(row, column), lut.To.RunBytes), lut.To.Type);
        }
    }

    private delegate void Take(Span<int> result, ReadOnlySpan<int> values);

    private static void Pool(Span<byte> sram, Region from, Region to, Window window, int[] result, int initial, Take take)
    {
        var values = new int[to.Channels];
        for (var row = 0; row < to.Rows; row++)
        {
            var (firstY, endY) = Window.Inside(window.FirstRow(row), window.KernelH, window.DilationH, from.Rows);
            for (var column = 0; column < to.Columns; column++)
            {
                var left = (column * window.StrideW) - window.PadLeft;
                var (firstX, endX) = Window.Inside(left, window.KernelW, window.DilationW, from.Columns);
                Array.Fill(result, initial);
                for (var y = firstY; y < endY; y++)
                {
                    for (var x = firstX; x < endX; x++)
                    {
                        Integers.Read(sram.Slice(from.At(window.FirstRow(row) + (y * window.DilationH), left + (x * window.DilationW)), from.RunBytes), from.Type, values);
                        take(result, values);
                    }
                }

                Integers.Write(result, sram.Slice(to.At(row, column), to.RunBytes), to.Type);
            }
        }
    }

    private static void AddProducts(ReadOnlySpan<int> values, ReadOnlySpan<int> multipliers, int laneStep, Span<long> sums)
    {
        var step = values.Length == sums.Length ? 1 : 0;
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] += (long)values[i * step] * multipliers[i * laneStep];
        }
    }

    /// <summary>The rounded and clamped sums; a shift of 0 only clamps.</summary>
    private static void Round(ReadOnlySpan<long> sums, ReadOnlySpan<int> lanes, int laneStep, Span<int> values)
    {
        for (var i = 0; i < sums.Length; i++)
        {
            var (shift, low, high) = (lanes[i * laneStep], lanes[(i * laneStep) + 1], lanes[(i * laneStep) + 2]);
            values[i] = shift == 0 ? Quantization.Clamp(sums[i], low, high) : Rescaling.Apply(sums[i], shift, low, high);
        }
    }
}
