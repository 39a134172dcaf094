using QatGen.Torch.Quantizers;

namespace QatGen.Torch.Modules;

/// <summary>The steps that reals would be rounded to: those of a quantizer times a factor, or of the factor alone.</summary>
internal sealed record RealGrid(OutputQuantizer? Quantizer, double Factor, DType Type)
{
    public float Scale => (float)((Quantizer?.CalibratedScale ?? 1) * Factor);

    public RealGrid Times(double factor) => factor is 0 or 1 ? this : this with { Factor = Factor * factor };
}
