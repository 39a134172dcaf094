namespace QatGen.Arithmetic;

/// <summary>The real interval that an activation clamps to: ReLU is [0, +inf), ReLU6 is [0, 6].</summary>
public readonly record struct ClampRange(double Low, double High)
{
    public static ClampRange None { get; } = new(double.NegativeInfinity, double.PositiveInfinity);

    public static ClampRange Relu { get; } = new(0, double.PositiveInfinity);

    public static ClampRange Relu6 { get; } = new(0, 6);
}
