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

    /// <summary>A function of the input at its scale, in steps of the operator's own output scale.</summary>
    Table,
}

/// <summary>A constant that an operator needs: its shape (weight and bias), the activation it clamps to, and its result's type (rescale).</summary>
public sealed record ConstantRole(ConstantKind Kind, string Name, Seq<int> Shape, ClampRange Range, DType DType)
{
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
