using System.Runtime.InteropServices;

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

    /// <summary>Moves integers to the places that tables give; a place outside of the source's box is an <see cref="ArgumentOutOfRangeException"/>.</summary>
    public static void Move(Span<byte> sram, Instruction.Move move)
    {
        var (from, to, bytes) = (move.From, move.To, move.To.Type.Bytes());
        var rows = MemoryMarshal.Cast<byte, Place>(sram.Slice(move.Rows, MoveTables.PlaceBytes * to.Rows));
        var columns = MemoryMarshal.Cast<byte, Place>(sram.Slice(move.Columns, MoveTables.PlaceBytes * to.Columns));
        var channels = MemoryMarshal.Cast<byte, Place>(sram.Slice(move.Channels, MoveTables.PlaceBytes * to.Channels));
        Span<byte> fill = stackalloc byte[sizeof(int)];
        BitConverter.TryWriteBytes(fill, move.Fill);
        for (var position = 0; position < to.Positions; position++)
        {
            var (row, column) = (rows[position / to.Columns], columns[position % to.Columns]);
            var target = sram.Slice(to.At(position / to.Columns, position % to.Columns), to.RunBytes);
            for (var c = 0; c < to.Channels; c++)
            {
                var isOutside = row == Place.Outside || column == Place.Outside || channels[c] == Place.Outside;
                var element = isOutside ? fill : sram[Address(row, column, channels[c])..];
                element[..bytes].CopyTo(target[(c * bytes)..]);
            }
        }

        int Address(Place a, Place b, Place c)
        {
            var (row, column, channel) = (a.Row + b.Row + c.Row - move.Top, a.Column + b.Column + c.Column, a.Channel + b.Channel + c.Channel - move.First);
            return row >= 0 && row < from.Rows && column >= 0 && column < from.Columns && channel >= 0 && channel < from.Channels
                ? from.At(row, column) + (channel * bytes)
                : throw new ArgumentOutOfRangeException(nameof(move));
        }
    }

    /// <summary>Picks elements of a tensor, whose span starts at its box's address, at positions.</summary>
    public static void Gather(ReadOnlySpan<byte> data, Span<byte> sram, Instruction.Gather gather)
    {
        var (from, to, bytes) = (gather.From with { Address = 0 }, gather.To, gather.To.Type.Bytes());
        var rows = MemoryMarshal.Cast<byte, Place>(sram.Slice(gather.Rows, MoveTables.PlaceBytes * to.Rows));
        var columns = MemoryMarshal.Cast<byte, Place>(sram.Slice(gather.Columns, MoveTables.PlaceBytes * to.Columns));
        var channels = MemoryMarshal.Cast<byte, Place>(sram.Slice(gather.Channels, MoveTables.PlaceBytes * to.Channels));
        var along = MemoryMarshal.Cast<byte, Place>(sram.Slice(gather.Along, MoveTables.PlaceBytes * gather.Size));
        var positions = new int[gather.Index.Channels];
        for (var place = 0; place < to.Positions; place++)
        {
            var (row, column) = (place / to.Columns, place % to.Columns);
            Integers.Read(sram.Slice(gather.Index.At(row, column), gather.Index.RunBytes), gather.Index.Type, positions);
            for (var c = 0; c < to.Channels; c++)
            {
                var position = positions[positions.Length == 1 ? 0 : c];
                if (position < 0 || position >= gather.Size)
                {
                    throw new PositionException(position, gather.Size);
                }

                data.Slice(Address(rows[row], columns[column], channels[c], along[position]), bytes).CopyTo(sram[(to.At(row, column) + (c * bytes))..]);
            }
        }

        int Address(Place a, Place b, Place c, Place d)
        {
            var (row, column, channel) = (a.Row + b.Row + c.Row + d.Row, a.Column + b.Column + c.Column + d.Column, a.Channel + b.Channel + c.Channel + d.Channel);
            return row >= 0 && row < from.Rows && column >= 0 && column < from.Columns && channel >= 0 && channel < from.Channels
                ? from.At(row, column) + (channel * bytes)
                : throw new ArgumentOutOfRangeException(nameof(gather));
        }
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
