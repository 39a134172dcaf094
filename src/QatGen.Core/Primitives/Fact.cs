namespace QatGen.Primitives;

/// <summary>Shape and type of a value. A dimension of -1 is unknown; no dimensions at all with <see cref="IsKnown"/> false is an unknown shape. Constants carry what a primitive's result depends on; a tensor computed from nothing else is constant and has no batch.</summary>
public sealed record Fact(Seq<int> Shape, DType DType, bool IsKnown = true, LaneFact? Lanes = null, bool IsConstant = false)
{
    public const int UnknownDimension = -1;

    public static Fact Unknown(DType type) => new(Seq<int>.Empty, type, IsKnown: false);

    public static Fact Of(Seq<int> shape, DType type) => new(shape, type);

    public static Fact Of(Constant constant) => constant switch
    {
        WeightConstant w => new(w.Shape, DType.QInt8),
        BiasConstant b => new(new(b.Values.Count), DType.QInt32),
        RescaleConstant r => new(Seq<int>.Empty, r.DType, Lanes: new(r.Lanes, r.LaneCount, r.Map.Count)),
        TableConstant l => new(new(l.InputCount), l.DType),
        ClampConstant or FillConstant or CompareConstant or GridConstant => new(Seq<int>.Empty, DType.QInt8),
        ScaleConstant => new(Seq<int>.Empty, DType.QInt32),
        TensorConstant t => new(t.Shape, t.DType, IsConstant: true),
        _ => throw new InvalidOperationException(constant.GetType().Name),
    };

    public int Rank => Shape.Count;

    /// <summary>Whether a dimension is zero.</summary>
    public bool IsEmpty => Shape.Contains(0);

    /// <summary>Number of elements, or null while a dimension is unknown.</summary>
    public long? Elements => IsKnown && Shape.All(static d => d >= 0) ? Shape.Aggregate(1L, static (n, d) => n * d) : null;

    public long? Bytes => Elements * DType.Bytes();

    public override string ToString() => (IsKnown ? "[" + string.Join(", ", Shape.Select(static d => d < 0 ? "?" : d.ToString(System.Globalization.CultureInfo.InvariantCulture))) + "]" : "[...]") + " " + DType.Name();
}

/// <summary>How a rescale constant is divided: kind, number of lanes and length of the position map.</summary>
public sealed record LaneFact(Arithmetic.LaneKind Kind, int Count, int MapLength);
