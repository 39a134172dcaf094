using static TorchSharp.torch;

namespace QatGen.Torch.Nn;

/// <summary>
/// Regions of a map (Mask R-CNN, He et al. 2017): each bin of a box is the mean of samplingRatio x samplingRatio points inside it, interpolated between the elements of the map [N, C, H, W]; points outside take those of the border.
/// Boxes are [N, boxes, 4]: left, top, right, bottom. The result is [N, boxes, C, height, width]: of one frame that of torchvision's RoIAlign for boxes inside the image.
/// </summary>
public sealed class RoIAlign : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly RegionSampler _sampler;
    private readonly double _spatialScale;
    private readonly bool _aligned;

    /// <summary>Regions of the same height and width.</summary>
    public RoIAlign(int outputSize, double spatialScale, int samplingRatio, bool aligned = false) : this((outputSize, outputSize), spatialScale, samplingRatio, aligned)
    {
    }

    /// <summary>
    /// Regions of a height and a width. <paramref name="spatialScale"/> takes the boxes' coordinates to elements of the map; with <paramref name="aligned"/> an element lies at its centre, otherwise at its corner,
    /// and a box is at least one element wide.
    /// </summary>
    public RoIAlign((int Height, int Width) outputSize, double spatialScale, int samplingRatio, bool aligned = false) : base(nameof(RoIAlign))
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(spatialScale);
        (_sampler, _spatialScale, _aligned) = (new(nameof(RoIAlign), outputSize, samplingRatio), spatialScale, aligned);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor map, Tensor boxes)
    {
        using var scope = NewDisposeScope();
        return _sampler.Sample(map, boxes, _spatialScale, _aligned).MoveToOuterDisposeScope();
    }
}
