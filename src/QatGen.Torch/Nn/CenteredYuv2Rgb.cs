using QatGen.Arithmetic;

namespace QatGen.Torch.Nn;

/// <summary>
/// (RGB - mean) / std of centered YUV images, so that a model trained on RGB takes what a camera gives. Deployed it is one convolution whose result has the scale <c>qScale</c>; give the model's input
/// <c>[Quantize(Scale = 1)]</c>. It costs time and accuracy: train on YUV where you can.
/// </summary>
/// <param name="swing">The range of YUV.</param>
/// <param name="mean">One number for all channels, or three; 128 unless given.</param>
/// <param name="std">One number for all channels, or three; 128 unless given.</param>
/// <param name="qScale">The real value of one step of the result.</param>
public sealed class CenteredYuv2Rgb(Swing swing = Swing.Studio, double[]? mean = null, double[]? std = null, double qScale = 1 / 128.0)
    : CenteredYuvModule(nameof(CenteredYuv2Rgb), ColourTransform.YuvToRgb(swing), mean, std, qScale);
