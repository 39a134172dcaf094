using QatGen.Arithmetic;
using static TorchSharp.torch;

namespace QatGen.Torch.Nn;

/// <summary>Images [N, 3, H, W] mapped channel by channel; nothing in it is trained.</summary>
public abstract class ColourModule : nn.Module<Tensor, Tensor>
{
    private readonly ColourTransform _transform;

    private protected ColourModule(string name, ColourTransform transform) : base(name) => _transform = transform;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => Colours.Apply(input, _transform);
}

/// <summary>YUV of BGR images, both from 0 to 255: BT.601.</summary>
/// <param name="channelReversal">Whether the images are RGB.</param>
/// <param name="swing">The range of YUV.</param>
public sealed class BgrToYuv444(bool channelReversal = false, Swing swing = Swing.Studio)
    : ColourModule(nameof(BgrToYuv444), channelReversal ? ColourTransform.RgbToYuv(swing) : ColourTransform.RgbToYuv(swing).OfReversed());
