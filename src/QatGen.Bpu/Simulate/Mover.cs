namespace QatGen.Bpu;

/// <summary>Moves integers without changing them.</summary>
internal static class Mover
{
    /// <summary>Copies box to box; each span starts at its box's address.</summary>
    public static void Copy(ReadOnlySpan<byte> source, Region from, Span<byte> target, Region to)
    {
        // Columns that adjoin on both sides are one run.
        var (columns, run) = from.ColumnPitch == from.RunBytes && to.ColumnPitch == to.RunBytes ? (1, from.Columns * from.RunBytes) : (from.Columns, from.RunBytes);
        for (var row = 0; row < from.Rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                source.Slice(from.At(row, column) - from.Address, run).CopyTo(target[(to.At(row, column) - to.Address)..]);
            }
        }
    }

    /// <summary>Moves integers in NCHW order between boxes of one size and different shapes.</summary>
    public static void Reshape(Span<byte> sram, Region from, Region to)
    {
        var bytes = from.Type.Bytes();
        for (var channel = 0; channel < from.Channels; channel++)
        {
            for (var position = 0; position < from.Positions; position++)
            {
                var index = (channel * from.Positions) + position;
                sram.Slice(At(from, channel, position), bytes).CopyTo(sram[At(to, index / to.Positions, index % to.Positions)..]);
            }
        }

        int At(Region box, int channel, int position) => box.At(position / box.Columns, position % box.Columns) + (channel * bytes);
    }

    /// <summary>Writes the NCHW integers of one frame into a box.</summary>
    public static void Pack(ReadOnlySpan<int> values, Span<byte> target, Region box)
    {
        for (var i = 0; i < values.Length; i++)
        {
            Integers.Write(values.Slice(i, 1), target.Slice(Offset(box, i), box.Type.Bytes()), box.Type);
        }
    }

    /// <summary>Reads the NCHW integers of one frame from a box.</summary>
    public static void Unpack(ReadOnlySpan<byte> source, Region box, Span<int> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            Integers.Read(source.Slice(Offset(box, i), box.Type.Bytes()), box.Type, values.Slice(i, 1));
        }
    }

    private static int Offset(Region box, int index)
    {
        var (channel, position) = (index / box.Positions, index % box.Positions);
        return box.At(position / box.Columns, position % box.Columns) - box.Address + (channel * box.Type.Bytes());
    }
}
