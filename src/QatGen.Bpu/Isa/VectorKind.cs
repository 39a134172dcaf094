using QatGen.Primitives;

namespace QatGen.Bpu;

/// <summary>What the vector engine does with several operands: a product, then each <see cref="ElementwiseKind"/> in its order.</summary>
internal enum VectorKind
{
    Multiply,
    Maximum,
    Minimum,
    Select,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

internal static class VectorKinds
{
    /// <summary>The primitive's kind; a product has none.</summary>
    public static ElementwiseKind Elementwise(this VectorKind kind) => (ElementwiseKind)((int)kind - 1);

    public static int Operands(this VectorKind kind) => kind == VectorKind.Multiply ? 2 : kind.Elementwise().Operands();

    /// <summary>int32 numbers in the table: nothing, two scales' multipliers and shifts, or shift, low, high and multiplier of each of two operands.</summary>
    public static int Numbers(this VectorKind kind) => kind == VectorKind.Multiply ? 0 : kind.Elementwise().IsComparison() ? 4 : 8;
}
