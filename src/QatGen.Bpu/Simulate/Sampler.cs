using System.Runtime.InteropServices;
using QatGen.Primitives;

namespace QatGen.Bpu;

/// <summary>Weighted sums of neighbours.</summary>
internal static class Sampler
{
    /// <summary>A linear resize; a neighbour outside of the source's box is an <see cref="ArgumentOutOfRangeException"/>.</summary>
    public static void Resize(Span<byte> sram, Instruction.Resize resize)
    {
        var (from, to) = (resize.From, resize.To);
        var rows = MemoryMarshal.Cast<byte, ResizeTap>(sram.Slice(resize.Rows, Instruction.Resize.TapBytes * to.Rows));
        var columns = MemoryMarshal.Cast<byte, ResizeTap>(sram.Slice(resize.Columns, Instruction.Resize.TapBytes * to.Columns));
        var (sums, values) = (new int[to.Channels], new int[to.Channels]);
        for (var position = 0; position < to.Positions; position++)
        {
            var (row, column) = (rows[position / to.Columns], columns[position % to.Columns]);
            Array.Clear(sums);
            Add(sram, from, row.First - resize.Top, column.First, (resize.RowDenominator - row.Weight) * (resize.ColumnDenominator - column.Weight), values, sums);
            Add(sram, from, row.First - resize.Top, column.Second, (resize.RowDenominator - row.Weight) * column.Weight, values, sums);
            Add(sram, from, row.Second - resize.Top, column.First, row.Weight * (resize.ColumnDenominator - column.Weight), values, sums);
            Add(sram, from, row.Second - resize.Top, column.Second, row.Weight * column.Weight, values, sums);
            Integers.Write(sums, sram.Slice(to.At(position / to.Columns, position % to.Columns), to.RunBytes), to.Type);
        }
    }

    private static void Add(ReadOnlySpan<byte> sram, Region from, int row, int column, int weight, int[] values, int[] sums)
    {
        if (row < 0 || row >= from.Rows || column < 0 || column >= from.Columns)
        {
            throw new ArgumentOutOfRangeException(nameof(row));
        }

        Integers.Read(sram.Slice(from.At(row, column), from.RunBytes), from.Type, values);
        Add(weight, values, sums);
    }

    /// <summary>Samples a map, whose span starts at its box's address.</summary>
    public static void Sample(ReadOnlySpan<byte> map, Span<byte> sram, Instruction.GridSample sample)
    {
        var (to, mode, from) = (sample.To, sample.Kind.Mode(), sample.From with { Address = 0 });
        var constant = new GridConstant(sample.MultiplierX, sample.MultiplierY, sample.Shift, sample.Bits);
        var (sums, values, points) = (new int[to.Channels], new int[to.Channels], new int[2]);
        for (var position = 0; position < to.Positions; position++)
        {
            var (row, column) = (position / to.Columns, position % to.Columns);
            for (var i = 0; i < points.Length; i++)
            {
                Integers.Read(sram.Slice(sample.Grid.At(column, i) + (row * sample.Grid.Type.Bytes()), sample.Grid.Type.Bytes()), sample.Grid.Type, points.AsSpan(i, 1));
            }

            var (x, y) = (constant.X(points[0], from.Columns, mode), constant.Y(points[1], from.Rows, mode));
            Array.Clear(sums);
            foreach (var (top, left, weight) in mode.IsNearest ? [(constant.Nearest(y), constant.Nearest(x), 1)] : Corners(x, y, sample.Bits))
            {
                if (top >= 0 && top < from.Rows && left >= 0 && left < from.Columns)
                {
                    Integers.Read(map.Slice(from.At(top, left), from.RunBytes), from.Type, values);
                    Add(weight, values, sums);
                }
            }

            Integers.Write(sums, sram.Slice(to.At(row, column), to.RunBytes), to.Type);
        }
    }

    private static (int Row, int Column, int Weight)[] Corners(int x, int y, int bits)
    {
        var (left, top, one) = (x >> bits, y >> bits, 1 << bits);
        var (wx, wy) = (x & (one - 1), y & (one - 1));
        return [(top, left, (one - wy) * (one - wx)), (top, left + 1, (one - wy) * wx), (top + 1, left, wy * (one - wx)), (top + 1, left + 1, wy * wx)];
    }

    private static void Add(int weight, int[] values, int[] sums)
    {
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] += weight * values[i];
        }
    }
}
