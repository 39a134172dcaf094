namespace QatGen.Bpu;

/// <summary>Positions.</summary>
internal static partial class VectorUnit
{
    public static void TopK(Span<byte> sram, Instruction.TopK rank)
    {
        var (from, to, apart) = (rank.From, rank.To, rank.Apart);
        var (size, count) = apart == 0 ? (from.Channels, to.Channels) : (from.Columns / apart, to.Columns / apart);
        var (line, result) = (new (int Key, int Position)[size], new int[1]);
        for (var row = 0; row < to.Rows; row++)
        {
            for (var column = 0; column < (apart == 0 ? to.Columns : apart); column++)
            {
                for (var channel = 0; channel < (apart == 0 ? 1 : to.Channels); channel++)
                {
                    for (var i = 0; i < size; i++)
                    {
                        Integers.Read(sram.Slice(At(from, row, column, channel, i), from.Type.Bytes()), from.Type, result);
                        line[i] = (rank.Order == RankOrder.Smallest ? result[0] : -result[0], i);
                    }

                    Array.Sort(line);
                    for (var i = 0; i < count; i++)
                    {
                        result[0] = line[i].Position;
                        Integers.Write(result, sram.Slice(At(to, row, column, channel, i), sizeof(int)), to.Type);
                    }
                }
            }
        }

        int At(Region box, int row, int column, int channel, int i) => box.At(row, column + (i * apart)) + ((apart == 0 ? i : channel) * box.Type.Bytes());
    }
}
