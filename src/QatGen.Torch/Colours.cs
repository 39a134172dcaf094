using QatGen.Arithmetic;
using static TorchSharp.torch;

namespace QatGen.Torch;

/// <summary>
/// Colours of images [..., 3, H, W] of uint8 or a float type, from 0 to 255, for training data and preprocessing: BT.601, in the float type of the image (float32 for uint8), differentiable. Centered is less 128: what a
/// BPU gets from a camera is centered YUV of full swing.
/// </summary>
public static class Colours
{
    /// <summary>YUV of RGB.</summary>
    public static Tensor RgbToYuv(Tensor image, Swing swing = Swing.Studio) => Apply(image, ColourTransform.RgbToYuv(swing));

    /// <summary>YUV of BGR.</summary>
    public static Tensor BgrToYuv(Tensor image, Swing swing = Swing.Studio) => Apply(image, ColourTransform.RgbToYuv(swing).OfReversed());

    /// <summary>Centered YUV of RGB: Y from -112 to 107 and U, V from -112 to 112, or of full swing all from -128 to 127.</summary>
    public static Tensor RgbToCenteredYuv(Tensor image, Swing swing = Swing.Studio) => Apply(image, ColourTransform.RgbToYuv(swing).ToCentered());

    /// <summary>Centered YUV of BGR.</summary>
    public static Tensor BgrToCenteredYuv(Tensor image, Swing swing = Swing.Studio) => Apply(image, ColourTransform.RgbToYuv(swing).OfReversed().ToCentered());

    /// <summary>Y of RGB: [..., 1, H, W].</summary>
    public static Tensor RgbToGray(Tensor image, Swing swing = Swing.Studio) => Gray(RgbToYuv(image, swing));

    /// <summary>Y of BGR: [..., 1, H, W].</summary>
    public static Tensor BgrToGray(Tensor image, Swing swing = Swing.Studio) => Gray(BgrToYuv(image, swing));

    /// <summary>Y of RGB less 128: [..., 1, H, W].</summary>
    public static Tensor RgbToCenteredGray(Tensor image, Swing swing = Swing.Studio) => Gray(RgbToCenteredYuv(image, swing));

    /// <summary>Y of BGR less 128: [..., 1, H, W].</summary>
    public static Tensor BgrToCenteredGray(Tensor image, Swing swing = Swing.Studio) => Gray(BgrToCenteredYuv(image, swing));

    /// <summary>RGB of YUV.</summary>
    public static Tensor YuvToRgb(Tensor image, Swing swing = Swing.Studio) => Apply(image, ColourTransform.YuvToRgb(swing));

    /// <summary>BGR of YUV.</summary>
    public static Tensor YuvToBgr(Tensor image, Swing swing = Swing.Studio) => Apply(image, ColourTransform.YuvToRgb(swing).ToReversed());

    /// <summary>RGB of centered YUV.</summary>
    public static Tensor CenteredYuvToRgb(Tensor image, Swing swing = Swing.Studio) => Apply(image, ColourTransform.YuvToRgb(swing).OfCentered());

    /// <summary>BGR of centered YUV.</summary>
    public static Tensor CenteredYuvToBgr(Tensor image, Swing swing = Swing.Studio) => Apply(image, ColourTransform.YuvToRgb(swing).ToReversed().OfCentered());

    /// <summary>BGR of RGB.</summary>
    public static Tensor RgbToBgr(Tensor image) => Channels(image).flip(-3);

    /// <summary>RGB of BGR.</summary>
    public static Tensor BgrToRgb(Tensor image) => RgbToBgr(image);

    internal static Tensor Apply(Tensor image, ColourTransform transform)
    {
        using var scope = NewDisposeScope();
        var real = Channels(image).is_floating_point() ? image : image.to(ScalarType.Float32);
        var matrix = tensor(transform.Matrix.ToArray(), [3, 3], real.dtype, real.device);
        var offset = tensor(transform.Offset.ToArray(), [3, 1, 1], real.dtype, real.device);
        return ((matrix.matmul(real.flatten(-2)).reshape(real.shape)) + offset).MoveToOuterDisposeScope();
    }

    private static Tensor Gray(Tensor yuv)
    {
        using (yuv)
        {
            return yuv.narrow(-3, 0, 1).clone();
        }
    }

    private static Tensor Channels(Tensor image) => image.shape.Length >= 3 && image.shape[^3] == 3 && !image.is_complex() ? image
        : throw QatGenException.Of(ShapeRules.LayerInput, nameof(Colours), $"[{string.Join(", ", image.shape)}] {image.dtype}", "it takes images [..., 3, H, W] of real numbers");
}
