namespace QatGen.Primitives;

/// <summary>How an average pooling counts: whether padding counts, and a divisor that replaces the count (0: none).</summary>
public sealed record AverageCount(bool IncludePad = true, int DivisorOverride = 0)
{
    /// <summary>
    /// The divisor of each window of a map, row by row, as PyTorch counts: a window is cut at the padded border, and without <see cref="IncludePad"/> at the map's own border.
    /// </summary>
    public int[] Divisors(PoolGeometry geometry, int height, int width)
    {
        var g = geometry.For(height, width);
        var rows = Extents(g.OutputHeight(height), g.KernelH, g.StrideH, g.PadH, height);
        var columns = Extents(g.OutputWidth(width), g.KernelW, g.StrideW, g.PadW, width);
        return [.. rows.SelectMany(r => columns.Select(c => DivisorOverride != 0 ? DivisorOverride : r * c))];
    }

    private int[] Extents(int outputs, int kernel, int stride, int pad, int size)
    {
        var extents = new int[outputs];
        for (var o = 0; o < outputs; o++)
        {
            var start = (o * stride) - pad;
            var end = Math.Min(start + kernel, size + pad);
            extents[o] = IncludePad ? end - start : Math.Min(end, size) - Math.Max(start, 0);
        }

        return extents;
    }
}
