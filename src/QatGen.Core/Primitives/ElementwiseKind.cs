namespace QatGen.Primitives;

/// <summary>What <see cref="IPrimitives{T}.Elementwise"/> does with its operands.</summary>
public enum ElementwiseKind
{
    Maximum,

    Minimum,

    /// <summary>The second operand where the first, a condition, is not 0, else the third.</summary>
    Select,

    Equal,

    NotEqual,

    Less,

    LessOrEqual,

    Greater,

    GreaterOrEqual,

    Floor,

    Ceil,

    /// <summary>To the nearest, halfway to the even one.</summary>
    Round,

    /// <summary>Toward zero.</summary>
    Trunc,
}

public static class ElementwiseKindExtensions
{
    /// <summary>Whether it gives 0 or 1 as qint8 of scale 1, by a <see cref="CompareConstant"/>.</summary>
    public static bool IsComparison(this ElementwiseKind kind) => kind is >= ElementwiseKind.Equal and <= ElementwiseKind.GreaterOrEqual;

    /// <summary>Whether it gives whole numbers as int32 of scale 1, by a <see cref="ScaleConstant"/>; what neither compares nor rounds rescales its operands.</summary>
    public static bool IsRounding(this ElementwiseKind kind) => kind >= ElementwiseKind.Floor;

    /// <summary>The first operand that is rescaled: behind the condition of a selection.</summary>
    public static int FirstRescaled(this ElementwiseKind kind) => kind == ElementwiseKind.Select ? 1 : 0;

    public static int Operands(this ElementwiseKind kind) => kind == ElementwiseKind.Select ? 3 : kind.IsRounding() ? 1 : 2;
}
