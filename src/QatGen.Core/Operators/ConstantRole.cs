using QatGen.Arithmetic;

namespace QatGen.Operators;

public enum ConstantKind
{
    /// <summary>int8 weights, quantized per output channel from the parameter of the same name.</summary>
    Weight,

    /// <summary>int32 bias at the accumulator's scale.</summary>
    Bias,

    /// <summary>The multipliers that take the operator's terms to its own output scale.</summary>
    Rescale,

    /// <summary>Integer limits at the input's scale.</summary>
    Clamp,

    /// <summary>One real, at the input's scale.</summary>
    Fill,

    /// <summary>A parameter or buffer of the model, with a scale for the whole tensor.</summary>
    Tensor,

    /// <summary>A number at the scale of the operand beside it: floor(k / scale + 0.5).</summary>
    Number,

    /// <summary>A number as its sign, at the scale |k|.</summary>
    Sign,

    /// <summary>A tensor of integers that is the operator's own, at a scale of its own.</summary>
    Integers,

    /// <summary>What brings two operands to one scale for a comparison.</summary>
    Compare,

    /// <summary>The scale of the input itself.</summary>
    Scale,

    /// <summary>What makes positions of the integers of a grid.</summary>
    Grid,

    /// <summary>A function of the input at its scale, in steps of the operator's own output scale.</summary>
    Table,
}

/// <summary>A constant that an operator needs: its shape (weight and bias), the activation it clamps to, and its result's type (rescale).</summary>
public sealed record ConstantRole(ConstantKind Kind, string Name, Seq<int> Shape, ClampRange Range, DType DType)
{
    /// <summary>What each term of a rescale is multiplied by beside its scale; empty: 1.</summary>
    public Seq<double> Factors { get; init; } = Seq<double>.Empty;

    /// <summary>The term whose scale, times the magnitude of its factor, the result takes over; -1: the result has a scale of its own.</summary>
    public int ScaleOf { get; init; } = -1;

    /// <summary>The number of <see cref="ConstantKind.Number"/> and <see cref="ConstantKind.Sign"/>.</summary>
    public double Value { get; init; }

    /// <summary>The shape of the model's own parameter, for weights.</summary>
    public Seq<int> Parameter { get; init; } = Shape;

    /// <summary>How the program's weights are made of the parameter [I, O / groups, ...] of a transposed convolution; null where they are the parameter in another shape.</summary>
    public WeightLayout? Layout { get; init; }

    /// <summary>The groups of that parameter.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>The reals of a weight or bias, or the integers of a tensor, that is the operator's own, row by row; empty: the model's parameter.</summary>
    public Seq<double> Fixed { get; init; } = Seq<double>.Empty;

    /// <summary>The scale of a rescale's result or of integers where the operator says it; 0: observed.</summary>
    public double Scale { get; init; }

    /// <summary>No observed scale of a rescale's result is smaller.</summary>
    public double SmallestScale { get; init; }

    public double Factor(int term) => term < Factors.Count ? Factors[term] : 1;

    /// <summary>What is known of the constant before there is one.</summary>
    public Primitives.Fact Fact => Kind switch
    {
        ConstantKind.Tensor when Shape.Count == 0 => Primitives.Fact.Unknown(DType) with { IsConstant = true },
        ConstantKind.Tensor or ConstantKind.Number or ConstantKind.Sign or ConstantKind.Integers => Primitives.Fact.Of(Shape, DType) with { IsConstant = true },
        _ => Primitives.Fact.Of(Shape, DType),
    };

    /// <summary>A parameter or buffer; its shape is empty where it is not known.</summary>
    public static ConstantRole Tensor(Seq<int> shape) => new(ConstantKind.Tensor, "value", shape, ClampRange.None, DType.QInt8);

    /// <summary>A number beside operands, in int32 or, saturated, in their own type.</summary>
    public static ConstantRole Number(double value, DType type) => new(ConstantKind.Number, "number", new(1), ClampRange.None, type) { Value = value };

    public static ConstantRole Sign(double value) => new(ConstantKind.Sign, "number", new(1), ClampRange.None, DType.QInt8) { Value = value };

    /// <summary>A vector of integers below 2^15.</summary>
    public static ConstantRole Integers(IEnumerable<int> values, double scale)
    {
        var integers = values.Select(static v => (double)v).ToSeq();
        return new(ConstantKind.Integers, "integers", new(integers.Count), ClampRange.None, DType.QInt16) { Fixed = integers, Scale = scale };
    }

    /// <summary>One integer at all places.</summary>
    public static ConstantRole Integers(Seq<int> shape, int value, double scale) =>
        new(ConstantKind.Integers, "integers", shape, ClampRange.None, DType.QInt8) { Fixed = Enumerable.Repeat((double)value, shape.Aggregate(1, static (n, d) => n * d)).ToSeq(), Scale = scale };

    public static ConstantRole Compare() => new(ConstantKind.Compare, "compare", Seq<int>.Empty, ClampRange.None, DType.QInt8);

    public static ConstantRole InputScale() => new(ConstantKind.Scale, "scale", Seq<int>.Empty, ClampRange.None, DType.QInt32);

    public static ConstantRole Grid() => new(ConstantKind.Grid, "grid", Seq<int>.Empty, ClampRange.None, DType.QInt8);

    public static ConstantRole Weight(params int[] shape) => new(ConstantKind.Weight, "weight", new(shape), ClampRange.None, DType.QInt8);

    public static ConstantRole Bias(int channels) => new(ConstantKind.Bias, "bias", new(channels), ClampRange.None, DType.QInt32);

    public static ConstantRole Rescale(Graphs.Node node) =>
        new(ConstantKind.Rescale, "output", Seq<int>.Empty, node.Range, node.Output == Graphs.OutputKind.HighPrecision ? DType.QInt32 : DType.QInt8);

    public static ConstantRole Fill(double value) => new(ConstantKind.Fill, "fill", Seq<int>.Empty, new(value, value), DType.QInt8);

    /// <summary>The function of a table.</summary>
    public TableFunction? Function { get; init; }

    public static ConstantRole Table(TableFunction function) => new(ConstantKind.Table, "table", Seq<int>.Empty, ClampRange.None, DType.QInt8) { Function = function };

    public static ConstantRole Clamp(ClampRange range) => new(ConstantKind.Clamp, "limits", Seq<int>.Empty, range, DType.QInt8);
}
