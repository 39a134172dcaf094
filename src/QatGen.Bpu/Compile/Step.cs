using QatGen.Arithmetic;
using QatGen.Primitives;

namespace QatGen.Bpu;

internal enum UnitKind
{
    Conv,
    DepthwiseConv,
    MaxPool,
    SumPool,
    Resize,
}

/// <summary>A primitive that reads windows: convolution, pooling, or the neighbours that the tables of a resize name.</summary>
internal sealed record WindowUnit(UnitKind Kind, View X, Window Window, Tensor Result, int Groups = 1, WeightConstant? Weight = null, BiasConstant? Bias = null, ResizePlan? Resize = null)
{
    /// <summary>Values that go into each result.</summary>
    public int Taps => Resize is null ? Window.Taps : Instruction.Resize.Taps;
}

/// <summary>The numbers of a rescale as the hardware reads them. A shift of 0 only clamps.</summary>
internal sealed record RescaleTable(LaneKind Lanes, int Terms, Seq<int> Multipliers, Seq<int> Shifts, Seq<int> Lows, Seq<int> Highs, Seq<int> Map)
{
    public static RescaleTable Of(RescaleConstant c) => new(c.LaneCount == 1 ? LaneKind.Tensor : c.Lanes, c.Terms, c.Multipliers, c.Shifts, c.Lows, c.Highs, c.Map);

    /// <summary>One part of a concatenation.</summary>
    public static RescaleTable OfLane(RescaleConstant c, int lane) => Of(c.Lane(lane));

    public static RescaleTable Of(ClampConstant c) => new(LaneKind.Tensor, 1, new(1), new(0), new(c.Low), new(c.High), Seq<int>.Empty);
}

/// <summary>A choice, comparison or rounding of the terms, a product where there is no kind; its numbers are int32, as the instruction reads them.</summary>
internal sealed record Operation(ElementwiseKind? Kind, Seq<int> Numbers)
{
    public static Operation Product { get; } = new(null, Seq<int>.Empty);

    public static Operation Of(ElementwiseKind kind, Constant constant) => new(kind, constant switch
    {
        CompareConstant c => new(c.MultiplierX, c.ShiftX, c.MultiplierY, c.ShiftY),
        ScaleConstant s => new(s.Multiplier, s.Shift),
        RescaleConstant r => Enumerable.Range(0, r.LaneCount).SelectMany(i => new[] { r.Shifts[i], r.Lows[i], r.Highs[i], r.Multipliers[i] }).ToSeq(),
        _ => throw new InvalidOperationException(constant.GetType().Name),
    });
}

/// <summary>How a grid samples a map.</summary>
internal sealed record Sampling(GridConstant Constant, GridMode Mode);

/// <summary>Which elements of a line are told in order, and how many columns of a row its elements are apart; 0 where a line is the channels of a position.</summary>
internal sealed record Order(RankOrder Kind, int Apart);

/// <summary>Where a part lies in the tensor that it is a part of.</summary>
internal readonly record struct Offset(int Row, int Column, int Channel);

/// <summary>
/// What is computed tile by tile without leaving the chip: a window unit, or a rescale, or a unit whose accumulators go straight into the rescale; or a movement or a table; with none of them a reshape.
/// The unit's result stands at <paramref name="UnitTerm"/> among the rescale's terms. <paramref name="Part"/> is its shape and lies at <paramref name="At"/> of <paramref name="Output"/>.
/// </summary>
internal sealed record Step(int Layer, WindowUnit? Unit, Seq<View> Terms, int UnitTerm, RescaleTable? Rescale, View Output, Tensor Part, Offset At = default, MoveTables? Move = null, TableConstant? Table = null)
{
    /// <summary>How many slices of a frame the step computes as frames of their own: of a volume the planes that windows read.</summary>
    public int Slices { get; init; } = 1;

    /// <summary>What is done with the terms instead of a rescale.</summary>
    public Operation? Operation { get; init; }

    /// <summary>A grid, the second term, samples the first, which stays where it is.</summary>
    public Sampling? Sampling { get; init; }

    /// <summary>How the columns of the one term that stand for the same one of the result, or its channels, become one.</summary>
    public ReduceKind? Reduction { get; init; }

    /// <summary>How the positions of the columns or channels of the one term are told.</summary>
    public Order? Order { get; init; }

    /// <summary>Whether the one term is longer than the result, along columns or channels.</summary>
    public bool IsAlong => Reduction is not null || Order is not null;

    /// <summary>Whether the second term says how far the first, which stays where it is, is moved along an axis.</summary>
    public bool IsGather => Move is { Along.Count: > 0 };

    /// <summary>How many matrices the rows of the two terms hold, to be multiplied channel by channel; 0 where the rows of the one matrix are channels.</summary>
    public int? Matrices { get; init; }

    public bool IsReshape => Sampling is null && Unit is null && Rescale is null && Operation is null && Move is null && !IsAlong && Matrices is null && Table is null;

    /// <summary>Whether no tile has fewer than all rows.</summary>
    public bool KeepsRows => IsReshape || Matrices > 1;

    /// <summary>Ids of the tensors read; the unit's input first.</summary>
    public IEnumerable<int> Reads => Sources.Select(static v => v.Id);

    public IEnumerable<View> Sources => Unit is null ? Terms : Terms.Prepend(Unit.X);
}

/// <summary>The program as steps, the tensors they share, which of them are its inputs and outputs, and the names of its layers.</summary>
internal sealed record StepProgram(Seq<Step> Steps, Seq<Tensor> Tensors, Seq<View> Inputs, Seq<View> Outputs, Seq<string> Layers, int Batch)
{
    /// <summary>Tensors that are constants: they lie among the other constants in DDR and are of one frame.</summary>
    public IReadOnlyDictionary<int, TensorConstant> Constants { get; init; } = new Dictionary<int, TensorConstant>();
}
