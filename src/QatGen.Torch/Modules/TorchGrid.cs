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
            return Element(x, (px / (1L << c.Bits)).round(), (py / (1L << c.Bits)).round());
        }

        var one = 1L << c.Bits;
        var (left, top) = ((px.detach() / one).floor(), (py.detach() / one).floor());
        var (wx, wy) = ((px - (left * one)).to(x.dtype).unsqueeze(1), (py - (top * one)).to(x.dtype).unsqueeze(1));
        var upper = ((one - wx) * Element(x, left, top)) + (wx * Element(x, left + 1, top));
        var lower = ((one - wx) * Element(x, left, top + 1)) + (wx * Element(x, left + 1, top + 1));
        return ((one - wy) * upper) + (wy * lower);
    }

    /// <summary>Positions [N, HO, WO] in float64: exact, as everything stays below 2^53.</summary>
    private static Tensor Position(Tensor grid, long coordinate, int multiplier, long size, GridConstant c, double scale, GridMode mode)
    {
        var q = grid.select(3, coordinate).to(ScalarType.Float64);
        var centre = (size - 1) * Math.ScaleB(1, c.Bits - 1);
        var exact = (((q.detach() * multiplier) + (centre * Math.ScaleB(1, c.Shift)) + Math.ScaleB(1, c.Shift - 1)) * Math.ScaleB(1, -c.Shift)).floor();
        var real = q * GridConstant.Real(scale, (int)size, mode, c.Bits);
        var (low, high) = mode.RepeatsBorder ? (0, size - 1) : (-1, size);
        return (exact + (real - real.detach())).clamp(low * Math.ScaleB(1, c.Bits), high * Math.ScaleB(1, c.Bits));
    }

    /// <summary>The elements [N, C, HO, WO] at columns and rows [N, HO, WO]; those outside are 0.</summary>
    private static Tensor Element(Tensor x, Tensor column, Tensor row)
    {
        var (height, width) = (x.shape[2], x.shape[3]);
        var inside = column.ge(0).logical_and(column.lt(width)).logical_and(row.ge(0)).logical_and(row.lt(height));
        var at = (row.clamp(0, height - 1) * width) + column.clamp(0, width - 1);
        var index = at.detach().to(ScalarType.Int64).reshape(x.shape[0], 1, -1).expand(x.shape[0], x.shape[1], -1);
        var elements = x.reshape(x.shape[0], x.shape[1], -1).gather(2, index).reshape(x.shape[0], x.shape[1], column.shape[1], column.shape[2]);
        return elements * inside.to(x.dtype).unsqueeze(1);
    }
}
