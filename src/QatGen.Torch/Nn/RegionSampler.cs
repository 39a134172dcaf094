using static TorchSharp.torch;

namespace QatGen.Torch.Nn;

/// <summary>The points of boxes on a map, and the means of each bin of them.</summary>
internal sealed class RegionSampler
{
    private readonly string _layer;
    private readonly (int Height, int Width) _size;
    private readonly int _points;

    public RegionSampler(string layer, (int Height, int Width) size, int points)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 1);
        (_layer, _size, _points) = (layer, size, points);
    }

    /// <summary>The regions [N, boxes, C, height, width] of a map [N, C, H, W].</summary>
    public Tensor Sample(Tensor map, Tensor boxes, double spatialScale, bool aligned)
    {
        if (map.shape.Length != 4 || boxes.shape.Length != 3 || boxes.shape[2] != 4 || boxes.shape[0] != map.shape[0])
        {
            throw QatGenException.Of(ShapeRules.Boxes, _layer, $"[{string.Join(", ", boxes.shape)}]", $"[{string.Join(", ", map.shape)}]");
        }

        var (frames, count) = (boxes.shape[0], boxes.shape[1]);
        var x = Line(boxes.narrow(2, 0, 1), boxes.narrow(2, 2, 1), _size.Width * _points, map.shape[3]).unsqueeze(2);
        var y = Line(boxes.narrow(2, 1, 1), boxes.narrow(2, 3, 1), _size.Height * _points, map.shape[2]).unsqueeze(3);
        long[] points = [frames, count, _size.Height * _points, _size.Width * _points];
        var grid = stack([x.expand(points), y.expand(points)], 4).reshape(frames, -1, points[3], 2);
        var sampled = nn.functional.grid_sample(map, grid, GridSampleMode.Bilinear, GridSamplePaddingMode.Border, align_corners: false);
        var bins = nn.functional.avg_pool2d(sampled, _points, _points);
        return bins.reshape(frames, map.shape[1], count, _size.Height, _size.Width).transpose(1, 2).contiguous();

        Tensor Line(Tensor start, Tensor end, int line, long elements)
        {
            var fraction = (arange(Kept.Of(line), boxes.dtype, boxes.device) + Kept.Of(0.5)) / Kept.Of(line);
            var last = aligned ? end : maximum(end, start + Kept.Of(1 / spatialScale));
            var place = ((start * (Kept.Of(1) - fraction)) + (last * fraction)) * Kept.Of(spatialScale);
            return (((Kept.Of(2) * place) + Kept.Of(aligned ? 0 : 1)) / Kept.Of(elements)) - Kept.Of(1);
        }
    }
}
