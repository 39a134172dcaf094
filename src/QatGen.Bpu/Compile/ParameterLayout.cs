using QatGen.Arithmetic;
using QatGen.Primitives;

namespace QatGen.Bpu;

/// <summary>The constants of a tile as one block, loaded at once: weights, bias, rescale table and map of positions; or the tables of a movement.</summary>
internal sealed class ParameterLayout(Step step, int channel, int channels, int inputChannels)
{
    private const int Align = 16;

    /// <summary>Bias, table and map behind the weights, each from an aligned offset.</summary>
    public long Bias { get; } = Tensor.AlignUp(WeightBytes(step.Unit, channels, inputChannels), Align);

    public long Table => Bias + Tensor.AlignUp(step.Unit?.Bias is null ? 0 : 4 * channels, Align);

    public long Map => Table + (4L * RowLength * LaneCount);

    /// <summary>The tables of a movement: all rows, all columns, and the tile's channels.</summary>
    public long Places => Map;

    public long ColumnPlaces => Places + ((long)MoveTables.PlaceBytes * (step.Move?.Rows.Count ?? 0));

    public long ChannelPlaces => ColumnPlaces + ((long)MoveTables.PlaceBytes * (step.Move?.Columns.Count ?? 0));

    /// <summary>Of a gathering: what the positions of the index add.</summary>
    public long AlongPlaces => ChannelPlaces + (step.Move is null ? 0 : MoveTables.PlaceBytes * channels);

    /// <summary>The tables of a resize: all rows, then all columns.</summary>
    public long ColumnTaps => Places + ((long)Instruction.Resize.TapBytes * (step.Unit?.Resize?.Rows.Taps.Count ?? 0));

    private long TapBytes => step.Unit?.Resize is { } r ? (long)Instruction.Resize.TapBytes * (r.Rows.Taps.Count + r.Columns.Taps.Count) : 0;

    /// <summary>The function's table, which is all that a step with one has.</summary>
    public long Lut => Tensor.AlignUp(AlongPlaces + TapBytes + ((long)MoveTables.PlaceBytes * (step.Move?.Along.Count ?? 0)) + (step.Rescale is { Lanes: LaneKind.Position } r ? 2 * r.Map.Count : 0) + (4 * (step.Operation?.Numbers.Count ?? 0)), Align);

    public long Bytes => Tensor.AlignUp(Lut + (step.Table is { } t ? TableConstant.Bytes(t.Input) : 0), Align);

    public int LaneCount => step.Rescale is { } r ? r.Lanes == LaneKind.Channel ? channels : r.Shifts.Count : 0;

    private int RowLength => 3 + (step.Rescale?.Terms ?? 0);

    public byte[] Build(int firstInputChannel)
    {
        var block = new byte[Bytes];
        if (step.Unit is { Weight: not null } unit)
        {
            WriteWeights(unit, firstInputChannel, block);
            WriteIntegers(block, Bias, unit.Bias!.Values.Skip(channel).Take(channels));
        }

        if (step.Operation is { } operation)
        {
            WriteIntegers(block, Table, operation.Numbers);
        }

        if (step.Rescale is { } rescale)
        {
            var first = rescale.Lanes == LaneKind.Channel ? channel : 0;
            var rows = Enumerable.Range(first, LaneCount).SelectMany(lane =>
                new[] { rescale.Shifts[lane], rescale.Lows[lane], rescale.Highs[lane] }.Concat(rescale.Multipliers.Skip(lane * rescale.Terms).Take(rescale.Terms)));
            WriteIntegers(block, Table, rows);
            var map = rescale.Lanes == LaneKind.Position ? rescale.Map : Seq<int>.Empty;
            for (var i = 0; i < map.Count; i++)
            {
                BitConverter.TryWriteBytes(block.AsSpan((int)Map + (2 * i)), (ushort)map[i]);
            }
        }

        if (step.Move is { } move)
        {
            WriteIntegers(block, Places, move.Rows.Concat(move.Columns).Concat(move.Channels.Skip(channel).Take(channels)).Concat(move.Along).SelectMany(static p => new[] { p.Row, p.Column, p.Channel }));
        }

        if (step.Unit?.Resize is { } resize)
        {
            WriteIntegers(block, Places, resize.Rows.Taps.Concat(resize.Columns.Taps).SelectMany(static t => new[] { t.First, t.Second, t.Weight }));
        }

        if (step.Table is { } table)
        {
            FunctionTable.Write(table, block.AsSpan((int)Lut));
        }

        return block;
    }

    private static long WeightBytes(WindowUnit? unit, int channels, int inputChannels) => unit switch
    {
        { Kind: UnitKind.Conv } => (long)channels * unit.Window.Taps * inputChannels,
        { Kind: UnitKind.DepthwiseConv } => (long)unit.Window.Taps * channels,
        _ => 0,
    };

    private void WriteWeights(WindowUnit unit, int firstInputChannel, byte[] block)
    {
        var values = unit.Weight!.Values.ToArray();
        var (taps, perGroup) = (unit.Window.Taps, unit.Weight.Shape[1]);
        for (var o = 0; o < channels; o++)
        {
            var group = (channel + o) / (unit.Result.Channels / unit.Groups);
            for (var i = 0; i < perGroup; i++)
            {
                for (var tap = 0; tap < taps; tap++)
                {
                    var at = unit.Kind == UnitKind.DepthwiseConv
                        ? (tap * channels) + o
                        : (((o * taps) + tap) * inputChannels) + (group * perGroup) + i - firstInputChannel;
                    block[at] = (byte)values[((((channel + o) * perGroup) + i) * taps) + tap];
                }
            }
        }
    }

    private static void WriteIntegers(byte[] block, long start, IEnumerable<int> values)
    {
        var offset = (int)start;
        foreach (var value in values)
        {
            BitConverter.TryWriteBytes(block.AsSpan(offset), value);
            offset += 4;
        }
    }
}
