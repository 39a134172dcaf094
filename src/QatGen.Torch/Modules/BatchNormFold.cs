using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>
/// Batch norm as part of the weights [O, ...] and bias [O] before it, in double: w * f and b * f + beta - mean * f with f = gamma / sqrt(var + eps). Below 2^-23 the factor counts as 0, and the channel is
/// its beta (NUMERICS section 8).
/// </summary>
internal sealed record BatchNormFold(Tensor Gamma, Tensor Beta, Tensor Mean, Tensor Variance, double Epsilon)
{
    private const double SmallestFactor = 1.0 / (1 << 23);

    /// <summary>gamma / sqrt(var + eps) [O].</summary>
    public Tensor Factor
    {
        get
        {
            var factor = Gamma.to(ScalarType.Float64) / (Variance.to(ScalarType.Float64) + Kept.Of(Epsilon)).sqrt();
            return factor * factor.detach().abs().ge(Kept.Of(SmallestFactor));
        }
    }

    public Tensor Weight(Tensor weight) => (weight.to(ScalarType.Float64) * Factor.reshape([-1, .. weight.shape.Skip(1).Select(static _ => 1L)])).to(ScalarType.Float32);

    public Tensor Bias(Tensor bias)
    {
        var factor = Factor;
        return ((bias.to(ScalarType.Float64) * factor) + (Beta.to(ScalarType.Float64) - (Mean.to(ScalarType.Float64) * factor))).to(ScalarType.Float32);
    }
}
