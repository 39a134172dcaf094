using QatGen.Arithmetic;

namespace QatGen.Torch.Nn;

/// <summary>Normalized colours of centered YUV images.</summary>
public abstract class CenteredYuvModule : ColourModule
{
    private protected CenteredYuvModule(string name, ColourTransform ofYuv, double[]? mean, double[]? std, double qScale)
        : base(name, ofYuv.OfCentered().Normalized(Numbers(mean, double.IsFinite, nameof(mean)), Numbers(std, static s => s > 0 && double.IsFinite(s), nameof(std))))
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(qScale);
        QScale = qScale;
    }

    /// <summary>The real value of one step of the quantized result.</summary>
    public double QScale { get; }

    private static double[] Numbers(double[]? given, Predicate<double> fits, string name) =>
        given is null ? [ColourTransform.Centre] : given.Length is 1 or 3 && Array.TrueForAll(given, fits) ? given : throw new ArgumentException("One number for all channels, or three.", name);
}
