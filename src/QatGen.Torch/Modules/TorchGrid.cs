using QatGen.Primitives;
using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>Sampling by a grid through libtorch: of reals by its own function, of integers at the positions of the integer program.</summary>
internal static class TorchGrid
{
    public static Tensor Real(Tensor x, Tensor grid, GridMode mode, string layer)
    {
        Check(x, grid, layer);
        var padding = mode.RepeatsBorder ? GridSamplePaddingMode.Border : GridSamplePaddingMode.Zeros;
        return nn.functional.grid_sample(x, grid, mode.IsNearest ? GridSampleMode.Nearest : GridSampleMode.Bilinear, padding, mode.AlignCorners);
    }

    /// <summary>Throws, naming the layer, unless a grid [N, HO, WO, 2] meets a map [N, C, H, W].</summary>
    public static void Check(Tensor x, Tensor grid, string layer)
    {
        if (x.shape.Length != 4 || grid.shape.Length != 4 || grid.shape[3] != 2 || grid.shape[0] != x.shape[0])
        {
            throw QatGenException.Of(ShapeRules.Grid, layer, TorchShape.Text(grid), TorchShape.Text(x));
        }
    }

    /// <summary>
    /// The weighted sums: x holds integers in a type that holds the bound. Gradients go through the rounding of positions as if there were none: the slope of the map at the rounded position times
    /// the steps that a position makes per step of the grid.
    /// </summary>
    public static Tensor Sum(Tensor x, Tensor grid, GridConstant c, double scale, GridMode mode)
    {
        var (height, width) = (x.shape[2], x.shape[3]);
        var (px, py) = (Position(grid, 0, c.MultiplierX, width, c, scale, mode), Position(grid, 1, c.MultiplierY, height, c, scale, mode));
        if (mode.IsNearest)
        {
            return Element(x, (px / Kept.Of(1L << c.Bits)).round(), (py / Kept.Of(1L << c.Bits)).round());
        }

        var one = 1L << c.Bits;
        var (left, top) = ((px.detach() / Kept.Of(one)).floor(), (py.detach() / Kept.Of(one)).floor());
        var (wx, wy) = ((px - (left * Kept.Of(one))).to(x.dtype).unsqueeze(1), (py - (top * Kept.Of(one))).to(x.dtype).unsqueeze(1));
        var upper = ((Kept.Of(one) - wx) * Element(x, left, top)) + (wx * Element(x, left + Kept.Of(1), top));
        var lower = ((Kept.Of(one) - wx) * Element(x, left, top + Kept.Of(1))) + (wx * Element(x, left + Kept.Of(1), top + Kept.Of(1)));
        return ((Kept.Of(one) - wy) * upper) + (wy * lower);
    }

    /// <summary>Positions [N, HO, WO] in float64: exact, as everything stays below 2^53.</summary>
    private static Tensor Position(Tensor grid, long coordinate, int multiplier, long size, GridConstant c, double scale, GridMode mode)
    {
        var q = grid.select(3, coordinate).to(ScalarType.Float64);
        var centre = (size - 1) * Math.ScaleB(1, c.Bits - 1);
        var exact = (((q.detach() * Kept.Of(multiplier)) + Kept.Of(centre * Math.ScaleB(1, c.Shift)) + Kept.Of(Math.ScaleB(1, c.Shift - 1))) * Kept.Of(Math.ScaleB(1, -c.Shift))).floor();
        var real = q * Kept.Of(GridConstant.Real(scale, (int)size, mode, c.Bits));
        var (low, high) = mode.RepeatsBorder ? (0, size - 1) : (-1, size);
        return (exact + (real - real.detach())).clamp(Kept.Of(low * Math.ScaleB(1, c.Bits)), Kept.Of(high * Math.ScaleB(1, c.Bits)));
    }

    /// <summary>The elements [N, C, HO, WO] at columns and rows [N, HO, WO]; those outside are 0.</summary>
    private static Tensor Element(Tensor x, Tensor column, Tensor row)
    {
        var (height, width) = (x.shape[2], x.shape[3]);
        var inside = column.ge(Kept.Of(0)).logical_and(column.lt(Kept.Of(width))).logical_and(row.ge(Kept.Of(0))).logical_and(row.lt(Kept.Of(height)));
        var at = (row.clamp(Kept.Of(0), Kept.Of(height - 1)) * Kept.Of(width)) + column.clamp(Kept.Of(0), Kept.Of(width - 1));
        var index = at.detach().to(ScalarType.Int64).reshape(x.shape[0], 1, -1).expand(x.shape[0], x.shape[1], -1);
        var elements = x.reshape(x.shape[0], x.shape[1], -1).gather(2, index).reshape(x.shape[0], x.shape[1], column.shape[1], column.shape[2]);
        return elements * inside.to(x.dtype).unsqueeze(1);
    }
}
