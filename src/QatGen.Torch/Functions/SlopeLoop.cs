using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace QatGen.Torch.Functions;

/// <summary>c of a vector of values (<see cref="Rounding"/>).</summary>
internal static class SlopeLoop
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Of(Vector512<double> v, Vector512<double> rounded, RoundingLimits limits)
    {
        var inside = (rounded - v) * limits.Inside;
        var notBelow = Vector512.ConditionalSelect(Vector512.LessThan(rounded, Vector512.Create((double)limits.Low)), Vector512.Create(limits.Below), inside);
        return Vector512.ConditionalSelect(Vector512.GreaterThan(rounded, Vector512.Create((double)limits.High)), Vector512.Create(limits.Above), notBelow);
    }
}
