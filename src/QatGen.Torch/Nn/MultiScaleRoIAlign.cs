using static TorchSharp.torch;

namespace QatGen.Torch.Nn;

/// <summary>
/// <see cref="RoIAlign"/> on 1 to 5 maps [N, C, H, W] of a feature pyramid (Lin et al. 2017), each half as large as the one before: a box [left, top, right, bottom] of boxes [N, boxes, 4] takes the map of its level
/// floor(canonicalLevel + log2(sqrt(area) / canonicalScale)), where a map of scale 2^-k has level k, or the nearest one that there is. The result is [N, boxes, C, height, width].
/// </summary>
public sealed class MultiScaleRoIAlign : nn.Module<Tensor[], Tensor, Tensor>
{
    private const int LargestCount = 5;

    private readonly RegionSampler _sampler;
    private readonly double[] _spatialScales;
    private readonly int _canonicalScale;
    private readonly int _canonicalLevel;

    /// <summary>Regions of the same height and width.</summary>
    public MultiScaleRoIAlign(double[] spatialScales, int outputSize, int samplingRatio, int canonicalScale = 224, int canonicalLevel = 4)
        : this(spatialScales, (outputSize, outputSize), samplingRatio, canonicalScale, canonicalLevel)
    {
    }

    /// <summary>Regions of a height and a width. <paramref name="spatialScales"/> take the boxes' coordinates to elements of each map.</summary>
    public MultiScaleRoIAlign(double[] spatialScales, (int Height, int Width) outputSize, int samplingRatio, int canonicalScale = 224, int canonicalLevel = 4) : base(nameof(MultiScaleRoIAlign))
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(spatialScales.Length is > 0 and <= LargestCount, true, nameof(spatialScales));
        ArgumentOutOfRangeException.ThrowIfNotEqual(spatialScales[0] > 0 && double.IsFinite(spatialScales[0]), true, nameof(spatialScales));
        ArgumentOutOfRangeException.ThrowIfNotEqual(spatialScales.Skip(1).Zip(spatialScales, static (next, scale) => 2 * next == scale).All(static half => half), true, nameof(spatialScales));
        ArgumentOutOfRangeException.ThrowIfLessThan(canonicalScale, 1);
        (_sampler, _spatialScales, _canonicalScale, _canonicalLevel) = (new(nameof(MultiScaleRoIAlign), outputSize, samplingRatio), [.. spatialScales], canonicalScale, canonicalLevel);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor[] maps, Tensor boxes)
    {
        if (maps.Length != _spatialScales.Length)
        {
            throw QatGenException.Of(ShapeRules.LayerInput, nameof(MultiScaleRoIAlign), $"{maps.Length} maps", $"it takes {_spatialScales.Length}");
        }

        using var scope = NewDisposeScope();
        var chosen = _sampler.Sample(maps[0], boxes, _spatialScales[0], aligned: false);
        for (var level = 1; level < maps.Length; level++)
        {
            var side = _canonicalScale / _spatialScales[level] / Math.Pow(2, _canonicalLevel);
            var area = (boxes.narrow(2, 2, 1) - boxes.narrow(2, 0, 1)) * (boxes.narrow(2, 3, 1) - boxes.narrow(2, 1, 1));
            chosen = where((area - Kept.Of(side * side)).ge(Kept.Of(0)).unsqueeze(3).unsqueeze(4), _sampler.Sample(maps[level], boxes, _spatialScales[level], aligned: false), chosen);
        }

        return chosen.MoveToOuterDisposeScope();
    }
}
