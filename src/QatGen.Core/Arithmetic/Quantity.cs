namespace QatGen.Arithmetic;

/// <summary>
/// What is known of an integer tensor beside its values: lane i stands for <c>Scales[i] / Divisors[i]</c> per step and never exceeds <c>Bounds[i]</c> in magnitude
/// (NUMERICS section 4). Divisors keep the count of a pooling window apart, so that a multiplier is rounded once. <paramref name="Map"/> gives the lane of each spatial position.
/// </summary>
public sealed record Quantity(LaneKind Lanes, Seq<double> Scales, Seq<int> Divisors, Seq<long> Bounds, Seq<int> Map)
{
    /// <summary>A quantized activation: one scale, the full range of its type.</summary>
    public static Quantity Of(double scale, DType type) => new(LaneKind.Tensor, new(scale), new(1), new(type.Bound()), Seq<int>.Empty);

    public int Count => Scales.Count;

    /// <summary>The same integers multiplied by a real factor.</summary>
    public Quantity Times(double factor) => factor == 1 ? this : this with { Scales = Scales.Select(s => s * factor).ToSeq() };

    /// <summary>The real value of one step of a lane.</summary>
    public double Step(int lane) => Scales[lane] / Divisors[lane];

    /// <summary>M = scale / (divisor * target) of NUMERICS section 5, in double.</summary>
    public double Multiplier(int lane, double target) => Divisors[lane] == 1 ? Scales[lane] / target : Scales[lane] / (Divisors[lane] * target);

    /// <summary>Number of this quantity's lane that a rescale over <paramref name="lane"/> reads.</summary>
    public int LaneFor(int lane) => Count == 1 ? 0 : lane;
}
