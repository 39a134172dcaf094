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
        var rows = Extents(g.OutputHeight(height), o => g.Rows(o, height), g.PadH, height);
        var columns = Extents(g.OutputWidth(width), o => g.Columns(o, width), g.PadW, width);
        return [.. rows.SelectMany(r => columns.Select(c => DivisorOverride != 0 ? DivisorOverride : r * c))];
    }

    private int[] Extents(int outputs, Func<int, PoolExtent> window, int pad, int size)
    {
        var extents = new int[outputs];
        for (var o = 0; o < outputs; o++)
        {
            var (start, count, _) = window(o);
            var end = Math.Min(start + count, size + pad);
            extents[o] = IncludePad ? end - start : Math.Min(end, size) - Math.Max(start, 0);
        }

        return extents;
    }
}
