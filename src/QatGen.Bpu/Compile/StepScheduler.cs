using QatGen.Arithmetic;
using QatGen.Primitives;

namespace QatGen.Bpu;

/// <summary>The instructions of one step, tile by tile. What the next tile needs too is not loaded again.</summary>
internal sealed class StepScheduler(int index, TileGeometry geometry, Placement placement, ConstantPool constants, int batch)
{
    private readonly Step _step = geometry.Step;
    private readonly StepPlacement _placed = placement.Steps[index];
    private readonly Buffer _parameters = new(placement.Steps[index].Parameters, placement.Steps[index].Sizes.Parameters);
    private readonly Buffer _input = new(placement.Steps[index].Input, placement.Steps[index].Sizes.Input);
    private readonly Buffer _accumulators = new(placement.Steps[index].Accumulators, placement.Steps[index].Sizes.Accumulators);
    private readonly Seq<Buffer> _terms = placement.Steps[index].Terms.Select((a, i) => new Buffer(a, placement.Steps[index].Sizes.Terms[i])).ToSeq();
    private readonly Buffer _output = new(placement.Steps[index].Output, placement.Steps[index].Sizes.Output);
    private readonly List<Instruction> _instructions = [];

    public IEnumerable<Instruction> Run()
    {
        foreach (var tile in Tiles())
        {
            Schedule(tile);
        }

        return _instructions;
    }

    private IEnumerable<Tile> Tiles()
    {
        var (rows, channels) = (_placed.Tiling.Rows, _placed.Tiling.Channels);
        var groups = Starts(geometry.Channels, channels);
        var places = Enumerable.Range(0, batch).SelectMany(frame => Starts(geometry.Height, rows).Select(row => (Frame: frame, Row: row))).ToArray();
        return _placed.Tiling.ChannelsOuter
            ? groups.SelectMany(c => places.Select(p => Tile(p.Frame, p.Row, c)))
            : places.SelectMany(p => groups.Select(c => Tile(p.Frame, p.Row, c)));

        static int[] Starts(int n, int size) => [.. Enumerable.Range(0, (n + size - 1) / size).Select(i => i * size)];

        Tile Tile(int frame, int row, int channel) => new(frame, row, Math.Min(rows, geometry.Height - row), channel, Math.Min(channels, geometry.Channels - channel));
    }

    private void Schedule(Tile tile)
    {
        var parameters = LoadParameters(tile);
        var input = _step.Unit is { } read ? LoadInput(read, tile) : default;
        var terms = _step.IsGather ? [LoadTerm(_step.Terms[1], 1, tile)] : _step.Sampling is null ? _step.Terms.Select((v, i) => LoadTerm(v, i, tile)).ToList() : [Load(_step.Terms[1], _terms[1], tile.Frame, new(0, _step.Terms[1].Shape.Height), new(tile.Row, tile.Rows))];
        var onChip = placement.OnChip.TryGetValue(_step.Output.Id, out var address);
        var result = onChip ? Box(_step.Output.Shape, address, tile) : OnChip(_step.Part, _output.Next(), tile.Rows, tile.Channels);
        if (_step.Unit is { } unit)
        {
            var sums = _step.Rescale is null ? result : OnChip(unit.Result, _accumulators.Next(), tile.Rows, tile.Channels);
            _instructions.Add(Compute(unit, input, sums, parameters, tile));
            terms.Insert(_step.UnitTerm, sums);
        }

        if (_step.Rescale is { } rescale)
        {
            var layout = geometry.Parameters(tile.Channel, tile.Channels);
            var map = rescale.Lanes == LaneKind.Position ? parameters + (int)layout.Map + (2 * tile.Row * _step.Part.Width) : 0;
            _instructions.Add(new Instruction.Rescale(terms.ToSeq(), result, parameters + (int)layout.Table, rescale.Lanes, layout.LaneCount, map));
        }
        else if (_step.IsGather)
        {
            var (layout, (memory, data)) = (geometry.Parameters(tile.Channel, tile.Channels), InPlace(_step.Terms[0], tile, 0, _step.Terms[0].Shape.Channels));
            var rowPlaces = parameters + (int)layout.Places + (MoveTables.PlaceBytes * tile.Row);
            _instructions.Add(new Instruction.Gather(
                memory, data, terms[0], result, rowPlaces, parameters + (int)layout.ColumnPlaces, parameters + (int)layout.ChannelPlaces, parameters + (int)layout.AlongPlaces, _step.Move!.Along.Count));
        }
        else if (_step.Move is { } move)
        {
            var (layout, source) = (geometry.Parameters(tile.Channel, tile.Channels), MovedFrom(move, tile));
            var rowPlaces = parameters + (int)layout.Places + (MoveTables.PlaceBytes * tile.Row);
            _instructions.Add(new Instruction.Move(
                terms[0], result, rowPlaces, parameters + (int)layout.ColumnPlaces, parameters + (int)layout.ChannelPlaces, source.Rows.Start, source.Channels.Start, move.Fill));
        }
        else if (_step.Sampling is { } sampling)
        {
            _instructions.Add(Sample(sampling, terms[0], result, tile));
        }
        else if (_step.Operation is { } operation)
        {
            _instructions.Add(operation.Kind is { } kind
                ? new Instruction.Elementwise(kind, terms.ToSeq(), result, parameters + (int)geometry.Parameters(tile.Channel, tile.Channels).Table)
                : new Instruction.Multiply(terms[0], terms[1], result));
        }
        else if (_step.Matrices is { } matrices)
        {
            _instructions.Add(new Instruction.MatMul(terms[0], terms[1], result, matrices));
        }
        else if (_step.Reduction is { } reduction)
        {
            _instructions.Add(new Instruction.Reduce(reduction, terms[0], result));
        }
        else if (_step.Order is { } order)
        {
            _instructions.Add(new Instruction.TopK(order.Kind, terms[0], result, order.Apart));
        }
        else if (_step.Table is not null)
        {
            _instructions.Add(new Instruction.Lut(terms[0], result, parameters + (int)geometry.Parameters(tile.Channel, tile.Channels).Lut));
        }
        else if (_step.IsReshape)
        {
            _instructions.Add(new Instruction.Reshape(terms[0], result));
        }

        if (!onChip)
        {
            _instructions.Add(new Instruction.Store(result, Box(_step.Output.Shape.Packed, DdrAddress(_step.Output.Id), tile)));
        }
    }

    private Instruction Compute(WindowUnit unit, Region input, Region sums, int parameters, Tile tile)
    {
        var (window, bias) = (geometry.WindowAt(tile.Row), parameters + (int)geometry.Parameters(tile.Channel, tile.Channels).Bias);
        return unit.Kind switch
        {
            UnitKind.Conv => new Instruction.Conv(input, sums, parameters, bias, window),
            UnitKind.DepthwiseConv => new Instruction.DepthwiseConv(input, sums, parameters, bias, window),
            UnitKind.MaxPool => new Instruction.MaxPool(input, sums, window),
            UnitKind.Resize => Resize(unit.Resize!, input, sums, parameters, tile),
            _ => new Instruction.SumPool(input, sums, window),
        };
    }

    private Instruction.GridSample Sample(Sampling sampling, Region grid, Region result, Tile tile)
    {
        var ((memory, from), c) = (InPlace(_step.Terms[0], tile, tile.Channel, tile.Channels), sampling.Constant);
        return new(memory, from, grid, result, SampleKinds.Of(sampling.Mode), c.MultiplierX, c.MultiplierY, c.Shift, c.Bits);
    }

    /// <summary>A tensor, all rows of it, that is read where it lies.</summary>
    private (MemoryKind Memory, Region Box) InPlace(View view, Tile tile, int channel, int channels)
    {
        var isOnChip = placement.OnChip.TryGetValue(view.Id, out var address);
        return (isOnChip ? MemoryKind.Sram : MemoryKind.Ddr,
            (isOnChip ? view.Shape : view.Shape.Packed).Box(isOnChip ? address : DdrAddress(view.Id), Frame(view, tile), 0, view.Shape.Height, channel, channels));
    }

    private Instruction.Resize Resize(ResizePlan plan, Region input, Region sums, int parameters, Tile tile)
    {
        var layout = geometry.Parameters(tile.Channel, tile.Channels);
        var rows = parameters + (int)layout.Places + (Instruction.Resize.TapBytes * tile.Row);
        return new(input, sums, rows, parameters + (int)layout.ColumnTaps, plan.Rows.Denominator, plan.Columns.Denominator, geometry.InputRows(tile.Row, tile.Rows).Start);
    }

    private int LoadParameters(Tile tile)
    {
        var bytes = (int)geometry.Parameters(tile.Channel, tile.Channels).Bytes;
        var isNew = bytes > 0 && _parameters.Ask(new(0, 0, 0, tile.Channel, tile.Channels));
        if (isNew)
        {
            _instructions.Add(new Instruction.Load(Region.Block(constants.Address(index, tile.Channel), bytes), Region.Block(_parameters.Address, bytes)));
        }

        return _parameters.Address;
    }

    private Region LoadInput(WindowUnit unit, Tile tile)
    {
        var (rows, channels) = (geometry.InputRows(tile.Row, tile.Rows), geometry.InputChannels(tile.Channel, tile.Channels));
        return Load(unit.X, _input, tile.Frame, rows, channels);
    }

    /// <summary>The part of a movement's source that a tile reads.</summary>
    private static (Extent Rows, Extent Channels) MovedFrom(MoveTables move, Tile tile)
    {
        var (rows, channels) = (new Extent(tile.Row, tile.Rows), new Extent(tile.Channel, tile.Channels));
        return (move.SourceRows(rows, channels), move.SourceChannels(rows, channels));
    }

    private Region LoadTerm(View view, int term, Tile tile) => _step is { IsGather: false, Move: { } move } && MovedFrom(move, tile) is var from
        ? Load(view, _terms[term], tile.Frame, from.Rows, from.Channels)
        : _step.Matrices is not null
        ? Load(view, _terms[term], Frame(view, tile), geometry.FactorRows(term, tile.Row, tile.Rows), geometry.FactorChannels(term, tile.Channel, tile.Channels))
        : _step.IsReshape
        ? Load(view, _terms[term], tile.Frame, new(0, view.Shape.Height), geometry.ReshapedChannels(tile.Channel, tile.Channels))
        : Repeated(Load(view, _terms[term], Frame(view, tile), geometry.TermRows(view.Shape, tile.Row, tile.Rows), geometry.TermChannels(view.Shape, tile.Channel, tile.Channels)), tile);

    /// <summary>A constant has one frame.</summary>
    private int Frame(View view, Tile tile) => constants.Tensor(view.Id) < 0 ? tile.Frame : 0;

    /// <summary>A box that is smaller than the result repeats: over rows and columns by a pitch of 0, over channels as the instructions do by themselves. A line that becomes shorter is read as it is.</summary>
    private Region Repeated(Region box, Tile tile)
    {
        if (_step.IsAlong)
        {
            return box;
        }

        var rows = box.Rows == tile.Rows ? box : box with { Rows = tile.Rows, RowPitch = 0 };
        return rows.Columns == _step.Part.Width ? rows : rows with { Columns = _step.Part.Width, ColumnPitch = 0 };
    }

    /// <summary>The part of a tensor where it lies on chip, else in a buffer.</summary>
    private Region Load(View view, Buffer buffer, int frame, Extent rows, Extent channels)
    {
        if (placement.OnChip.TryGetValue(view.Id, out var address))
        {
            return view.Shape.Box(address, frame, rows.Start, rows.Count, channels.Start, channels.Count);
        }

        var isNew = buffer.Ask(new(frame, rows.Start, rows.Count, channels.Start, channels.Count));
        var box = OnChip(view.Shape with { Channels = channels.Count }, buffer.Address, rows.Count, channels.Count);
        if (isNew)
        {
            var stored = Math.Min(channels.Count, view.Shape.Channels - channels.Start);
            _instructions.Add(new Instruction.Load(view.Shape.Packed.Box(DdrAddress(view.Id), frame, rows.Start, rows.Count, channels.Start, stored), box with { Channels = stored }));
        }

        return box;
    }

    private long DdrAddress(int tensor) => constants.Tensor(tensor) is >= 0 and var address ? address : constants.Bytes.Length + placement.InDdr[tensor];

    /// <summary>The tile's place in the tensor that holds it, which may be larger where it is a part of a concatenation.</summary>
    private Region Box(Tensor whole, long address, Tile tile)
    {
        var box = whole.Box(address, tile.Frame, tile.Row + _step.At.Row, tile.Rows, tile.Channel + _step.At.Channel, tile.Channels);
        return box with { Address = box.Address + (_step.At.Column * whole.Pitch), Columns = _step.Part.Width };
    }

    private static Region OnChip(Tensor shape, int address, int rows, int channels) => (shape with { Channels = channels }).Box(address, 0, 0, rows, 0, channels);

    /// <summary>A buffer of one or two slots, used in turn.</summary>
    private sealed class Buffer(int address, BufferSize size)
    {
        private int _slot = -1;
        private Tile? _content;

        public int Address => address + (int)(Math.Max(0, _slot) * size.Bytes);

        /// <summary>Whether the content must be loaded: then into the next slot.</summary>
        public bool Ask(Tile content)
        {
            if (_content == content)
            {
                return false;
            }

            _content = content;
            Next();
            return true;
        }

        public int Next()
        {
            _slot = (_slot + 1) % size.Slots;
            return Address;
        }
    }
}
