namespace QatGen.Torch.Functions;

/// <summary>The numbers of one row's <see cref="Rounding"/>: limits of the integers, of those that pass the gradient, and c below, above and, as a factor of q - v, inside.</summary>
internal readonly record struct RoundingLimits(float Low, float High, float LeastPassed, float MostPassed, double Below, double Above, double Inside)
{
    public static RoundingLimits Of(Rounding rounding, int low, int high) => new(
        low, high, rounding.LeastPassed(low), rounding.MostPassed(high), rounding.Below(low), rounding.Above(high), rounding.Kind == FakeQuantKind.Lsq ? 1 : 0);
}
