namespace QatGen.Bpu;

/// <summary>A part of a step's result: rows and channels of one frame.</summary>
internal readonly record struct Tile(int Frame, int Row, int Rows, int Channel, int Channels);

/// <summary>Rows or channels from a start.</summary>
internal readonly record struct Extent(int Start, int Count);

/// <summary>Which inputs and parameters a part of a step's result needs.</summary>
internal sealed class TileGeometry(Step step, int alignment)
{
    public Step Step => step;

    public int Height => step.Part.Height;

    public int Channels => step.Part.Channels;

    /// <summary>A dense convolution reads the same input whichever output channels it computes.</summary>
    public bool ReadsAllChannels => step.Unit is { Kind: UnitKind.Conv, Groups: 1 };

    /// <summary>Channel counts of tiles are multiples of this: the core's alignment, or for a reshape whole channels on both sides; channels that are ranked stay together.</summary>
    public int ChannelStep => step.Order is { Apart: 0 } ? step.Part.Channels : step.IsReshape ? LeastCommonMultiple(step.Part.Positions, step.Terms[0].Shape.Positions) / step.Part.Positions : alignment;

    /// <summary>The input rows of a unit, its halo included, cut at the map's border; at least one.</summary>
    public Extent InputRows(int row, int rows)
    {
        var (unit, height) = (step.Unit!, step.Unit!.X.Shape.Height);
        if (unit.Resize is { } resize)
        {
            var taps = resize.Rows.Taps.Skip(row).Take(rows).ToArray();
            return new(taps[0].First, taps[^1].Second - taps[0].First + 1);
        }

        var start = Math.Clamp(unit.Window.FirstRow(row), 0, height - 1);
        return new(start, Math.Clamp(unit.Window.EndRow(row + rows), start + 1, height) - start);
    }

    /// <summary>The window of a unit as seen from the first row of its input box.</summary>
    public Window WindowAt(int row)
    {
        var window = step.Unit!.Window;
        return window with { PadTop = InputRows(row, 1).Start - window.FirstRow(row) };
    }

    /// <summary>The input channels of a unit. A grouped convolution reads the aligned range that holds the groups of its outputs and has weights of 0 for the rest.</summary>
    public Extent InputChannels(int channel, int channels)
    {
        var unit = step.Unit!;
        var all = Tensor.AlignUp(unit.X.Shape.Channels, alignment);
        if (unit.Kind != UnitKind.Conv)
        {
            return new(channel, channels);
        }

        var (perGroup, outputs) = (unit.X.Shape.Channels / unit.Groups, unit.Result.Channels / unit.Groups);
        var start = channel / outputs * perGroup / alignment * alignment;
        var end = Tensor.AlignUp((((channel + channels - 1) / outputs) + 1) * perGroup, alignment);
        return new(start, Math.Min(end, all) - start);
    }

    /// <summary>The channels of a reshape's source that become some channels of its result.</summary>
    public Extent ReshapedChannels(int channel, int channels)
    {
        var source = step.Terms[0].Shape.Positions;
        return new(channel * step.Part.Positions / source, channels * step.Part.Positions / source);
    }

    /// <summary>The rows of a term for some rows of the result: a term of one row repeats.</summary>
    public Extent TermRows(Tensor term, int row, int rows) => term.Height == step.Part.Height ? new(row, rows) : new(0, 1);

    public Extent TermChannels(Tensor term, int channel, int channels) => term.Channels == step.Part.Channels ? new(channel, channels) : new(0, step.IsAlong ? term.Channels : 1);

    /// <summary>The rows of a factor of a matrix product for some rows of the result: of the left one the same, of the right one all.</summary>
    public Extent FactorRows(int factor, int row, int rows) => factor == 0 ? new(row, rows) : new(0, step.Terms[1].Shape.Height);

    /// <summary>The channels of a factor; where they are the rows of the matrices the right one is read whole.</summary>
    public Extent FactorChannels(int factor, int channel, int channels) =>
        factor == 1 && (step.Matrices == 0 || step.Terms[1].Shape.Channels < step.Part.Channels) ? new(0, step.Terms[1].Shape.Channels) : new(channel, channels);

    public DType WidestFactor => step.Terms.Max(static t => t.Shape.Type);

    public ParameterLayout Parameters(int channel, int channels) => new(step, channel, channels, step.Unit is null ? 0 : InputChannels(channel, channels).Count);

    private static int LeastCommonMultiple(int a, int b) => checked(a / (int)System.Numerics.BigInteger.GreatestCommonDivisor(a, b) * b);
}
