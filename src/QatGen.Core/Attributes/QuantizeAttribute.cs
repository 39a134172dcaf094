namespace QatGen;

/// <summary>How an input of <c>forward</c> is quantized. Without it the scale is observed during calibration and training.</summary>
[AttributeUsage(AttributeTargets.Parameter, Inherited = false)]
public sealed class QuantizeAttribute : Attribute
{
    /// <summary>The scale of an image's integers: centered YUV as [-1, 1).</summary>
    public const double ImageScale = 1 / 128.0;

    /// <summary>A fixed scale (real value of one integer step), for example 1/128 for centered images in [-1, 1). Zero: observed.</summary>
    public double Scale { get; set; }

    /// <summary>Where the integers come from. Those of an image have the scale 1/128 unless <see cref="Scale"/> says another, such as 1 in front of <c>CenteredYuv2Rgb</c>.</summary>
    public InputSource Source { get; set; }

    /// <summary>The type that the input is quantized to: qint8, or qint16 where 256 steps are too few.</summary>
    public DType DType { get; set; }
}
