using QatGen.Arithmetic;

namespace QatGen.Torch.Nn;

/// <summary>As <see cref="CenteredYuv2Rgb"/>, for a model trained on BGR.</summary>
/// <param name="swing">The range of YUV.</param>
/// <param name="mean">One number for all channels, or three; 128 unless given.</param>
/// <param name="std">One number for all channels, or three; 128 unless given.</param>
/// <param name="qScale">The real value of one step of the result.</param>
public sealed class CenteredYuv2Bgr(Swing swing = Swing.Studio, double[]? mean = null, double[]? std = null, double qScale = 1 / 128.0)
    : CenteredYuvModule(nameof(CenteredYuv2Bgr), ColourTransform.YuvToRgb(swing).ToReversed(), mean, std, qScale);
