namespace QatGen.Arithmetic;

/// <summary>The integers from <paramref name="Low"/> to <paramref name="High"/> that a tensor of a type may hold: all of the type, or those of fewer bits.</summary>
public readonly record struct QuantRange(DType Type, int Low, int High)
{
    /// <summary>(High - Low) / 2: what the largest magnitude is divided by (NUMERICS section 2).</summary>
    public double Half => ((double)High - Low) / 2;

    /// <summary>The bits that hold the integers.</summary>
    public int Bits => (int)Math.Ceiling(Math.Log((double)High - Low + 1, 2));

    /// <summary>-2^(bits - 1) to 2^(bits - 1) - 1.</summary>
    public static QuantRange Of(DType type, int bits) => new(type, -(1 << (bits - 1)), (1 << (bits - 1)) - 1);

    public static implicit operator QuantRange(DType type) => new(type, type.Min(), type.Max());
}
