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
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] += weight * values[i];
        }
    }
}
