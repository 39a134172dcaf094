namespace QatGen.Bpu;

/// <summary>
/// How a step is cut: rows and channels per tile, whether channels or rows change slowest (weights or inputs stay longest), and how many tiles are in memory at once (2: one is loaded
/// while another is computed).
/// </summary>
internal readonly record struct Tiling(int Rows, int Channels, bool ChannelsOuter, int Slots);

/// <summary>Bytes of a buffer: of one tile, how many tiles' worth, and how many of a tile's bytes are moved from or to DDR.</summary>
internal readonly record struct BufferSize(long Bytes, int Slots, long Moved)
{
    public static BufferSize None { get; } = new(0, 1, 0);

    public long Total => Bytes * Slots;
}

/// <summary>The on-chip buffers of a step beside the tensors that stay on chip: constants, unit's input, accumulators, rescale terms, result.</summary>
internal sealed record BufferSizes(BufferSize Parameters, BufferSize Input, BufferSize Accumulators, Seq<BufferSize> Terms, BufferSize Output)
{
    public IEnumerable<BufferSize> All => [Parameters, Input, Accumulators, .. Terms, Output];
}

/// <summary>Sizes and time of every way to cut a step, quickest first.</summary>
internal sealed class Tiler(TileGeometry geometry, int batch, Timing timing, Func<int, bool> isOnChip)
{
    private readonly Step _step = geometry.Step;

    public IEnumerable<(Tiling Tiling, BufferSizes Sizes)> Candidates(int sramBytes)
    {
        var rows = _step.KeepsRows ? [geometry.Height] : Parts(geometry.Height, 1);
        var channels = Parts(geometry.Channels, geometry.ChannelStep);
        return rows.SelectMany(r => channels.SelectMany(c => new[] { new Tiling(r, c, true, 2), new(r, c, true, 1), new(r, c, false, 2), new(r, c, false, 1) }))
            .Select(t => (Tiling: t, Sizes: Sizes(t)))
            .Where(c => c.Sizes.All.Sum(static s => s.Total) <= sramBytes)
            .OrderBy(c => Cycles(c.Tiling, c.Sizes));
    }

    /// <summary>The least on-chip memory that a tile of the step can do with.</summary>
    public long SmallestBytes() => Sizes(new(_step.KeepsRows ? geometry.Height : 1, Math.Min(geometry.Channels, geometry.ChannelStep), true, 1)).All.Sum(static s => s.Total);

    /// <summary>The sizes that cut n into 1, 2, 3 ... parts, in whole steps.</summary>
    private static IEnumerable<int> Parts(int n, int step) =>
        Enumerable.Range(1, (n + step - 1) / step).Select(k => Math.Min(n, Tensor.AlignUp((n + k - 1) / k, step))).Distinct();

    private BufferSizes Sizes(Tiling t)
    {
        var counts = Counts(t);
        var parameters = Groups(t).Max(g => geometry.Parameters(g.Channel, g.Channels).Bytes);
        return new(
            new(parameters, Slots(counts.Parameters), parameters),
            _step.Unit is { } read ? Buffer(read.X.Id, read.X.Shape, InputRows(read, t), Groups(t).Max(g => geometry.InputChannels(g.Channel, g.Channels).Count), counts.Inputs) : BufferSize.None,
            _step is { Unit: { } unit, Rescale: not null } ? new(Bytes(unit.Result, t.Rows, t.Channels), Slots(counts.Tiles), 0) : BufferSize.None,
            _step.Sampling is not null ? new(BufferSize.None, Buffer(_step.Terms[1].Id, _step.Terms[1].Shape, _step.Terms[1].Shape.Height, t.Rows, counts.Tiles)) : _step.Terms.Select((v, i) => _step.IsGather
                ? i == 0 ? BufferSize.None : Term(v)
                : _step.Move?.LargestBox(t.Rows, t.Channels) is var (rows, channels)
                ? Buffer(v.Id, v.Shape, rows, channels, counts.Tiles)
                : _step.IsReshape
                ? Buffer(v.Id, v.Shape, v.Shape.Height, geometry.ReshapedChannels(0, t.Channels).Count, counts.Tiles)
                : _step.Matrices is not null
                ? Buffer(v.Id, v.Shape, geometry.FactorRows(i, 0, t.Rows).Count, geometry.FactorChannels(i, 0, t.Channels).Count, counts.Tiles)
                : Term(v)).ToSeq(),
            Buffer(_step.Output.Id, _step.Part, t.Rows, t.Channels, counts.Tiles));

        BufferSize Term(View v) => Buffer(v.Id, v.Shape, geometry.TermRows(v.Shape, 0, t.Rows).Count, geometry.TermChannels(v.Shape, 0, t.Channels).Count, counts.Tiles);

        int Slots(long loads) => loads > 1 ? t.Slots : 1;

        // A tensor that stays on chip needs no buffer.
        BufferSize Buffer(int id, Tensor shape, int rows, int channels, long loads) => isOnChip(id)
            ? BufferSize.None
            : new(Bytes(shape, rows, channels), Slots(loads), Bytes(shape.Packed, rows, Math.Min(channels, shape.Channels)));
    }

    /// <summary>What the slowest engine needs, and the part of the others that is not hidden behind it: the filling and draining of the pipeline, or everything where nothing overlaps.</summary>
    private double Cycles(Tiling t, BufferSizes sizes)
    {
        var counts = Counts(t);
        var positions = t.Rows * _step.Part.Width;
        var bus = Transfers(counts.Parameters, sizes.Parameters) + Transfers(counts.Inputs, sizes.Input) + sizes.Terms.Append(sizes.Output).Sum(s => Transfers(counts.Tiles, s));
        double tensor = 0, vector = 0;
        if (_step.Unit is { } unit)
        {
            var inputs = geometry.InputChannels(0, t.Channels).Count;
            tensor = unit.Kind == UnitKind.Conv ? counts.Tiles * timing.Multiply(positions, unit.Window.Taps, inputs, t.Channels, unit.X.Shape.Type)
                : unit.Kind == UnitKind.DepthwiseConv ? counts.Tiles * timing.Elementwise(positions, unit.Window.Taps * unit.X.Shape.Type.Bytes(), t.Channels) : 0;
            vector = unit.Weight is null ? counts.Tiles * timing.Elementwise(positions, unit.Taps, t.Channels) : 0;
        }

        tensor += _step.Matrices is { } matrices ? counts.Tiles * timing.MatMul(matrices, t.Rows, _step.Terms[0].Shape.Width, _step.Part.Width, t.Channels, geometry.WidestFactor) : 0;
        vector += _step.Matrices is not null ? 0
            : _step.IsAlong ? counts.Tiles * timing.Elementwise((long)t.Rows * _step.Terms[0].Shape.Width, _step.Order is { } order ? Instruction.TopK.Passes(order.Apart, _step.Terms[0].Shape, _step.Part) : 1, geometry.TermChannels(_step.Terms[0].Shape, 0, t.Channels).Count)
            : _step.Unit is null || _step.Rescale is not null ? counts.Tiles * timing.Elementwise(positions, _step.Rescale?.Terms ?? Math.Max(1, _step.Terms.Count), t.Channels) : 0;
        var (sum, slowest) = (bus + tensor + vector, Math.Max(bus, Math.Max(tensor, vector)));
        return t.Slots == 1 ? sum : slowest + ((sum - slowest) / counts.Tiles);
    }

    private double Transfers(long count, BufferSize size) => size.Moved == 0 ? 0 : count * timing.Transfer(size.Moved);

    /// <summary>How many tiles there are, and how often constants and inputs are loaded: what the next tile needs too stays.</summary>
    private (long Tiles, long Parameters, long Inputs) Counts(Tiling t)
    {
        var places = (long)batch * ((geometry.Height + t.Rows - 1) / t.Rows);
        var groups = (long)(geometry.Channels + t.Channels - 1) / t.Channels;
        var (tiles, sameInput) = (places * groups, geometry.ReadsAllChannels || groups == 1);
        return (tiles, t.ChannelsOuter ? groups : groups == 1 ? 1 : tiles, sameInput && (!t.ChannelsOuter || places == 1) ? places : tiles);
    }

    private IEnumerable<(int Channel, int Channels)> Groups(Tiling t) =>
        Enumerable.Range(0, (geometry.Channels + t.Channels - 1) / t.Channels).Select(g => (g * t.Channels, Math.Min(t.Channels, geometry.Channels - (g * t.Channels))));

    private int InputRows(WindowUnit unit, Tiling t) => unit.Resize is null
        ? Math.Min(unit.X.Shape.Height, unit.Window.EndRow(t.Rows) - unit.Window.FirstRow(0))
        : Enumerable.Range(0, (geometry.Height + t.Rows - 1) / t.Rows).Max(i => geometry.InputRows(i * t.Rows, t.Rows).Count);

    private static long Bytes(Tensor shape, int rows, int channels) => (long)rows * shape.Width * (shape with { Channels = channels }).Pitch;
}
