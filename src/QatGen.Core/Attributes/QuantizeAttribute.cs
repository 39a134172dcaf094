namespace QatGen;

/// <summary>
/// How an input of <c>forward</c> is quantized, or the operators of the module in a field, of every module of a class, or of the models of an assembly; what is said nearer to the operator counts. Without it scales are
/// observed during calibration and training, in 8 bits.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Field | AttributeTargets.Class | AttributeTargets.Assembly, Inherited = false)]
public sealed class QuantizeAttribute : Attribute
{
    /// <summary>The scale of an image's integers: centered YUV as [-1, 1).</summary>
    public const double ImageScale = 1 / 128.0;

    /// <summary>A fixed scale (real value of one integer step), for example 1/128 for centered images in [-1, 1). Zero: observed.</summary>
    public double Scale { get; set; }

    /// <summary>Where the integers come from. Those of an image have the scale 1/128 unless <see cref="Scale"/> says another, such as 1 in front of <c>CenteredYuv2Rgb</c>.</summary>
    public InputSource Source { get; set; }

    /// <summary>The type of the integers: qint8, or qint16 where 256 steps are too few.</summary>
    public DType DType { get; set; }

    /// <summary>The bits of what operators compute: 2 to 8, or 16.</summary>
    public int Bits { get; set; }

    /// <summary>The bits of weights: 2 to 8.</summary>
    public int WeightBits { get; set; }

    /// <summary>Whether scales are observed or learned, of activations and weights.</summary>
    public FakeQuantKind Kind { get; set; }

    /// <summary>How the ranges of activations are found.</summary>
    public ObserverKind Observer { get; set; }
}
