using QatGen.Primitives;
using static QatGen.Kernels.Reference.ReferenceValue;

namespace QatGen.Kernels.Reference;

/// <summary>Resizes and sampling.</summary>
internal sealed partial class ReferencePrimitives
{
    public ReferenceValue Resize(ReferenceValue x, ResizeGeometry geometry)
    {
        var input = (Integers)x;
        var plan = geometry.For(new(input.Shape), input.DType);
        var (result, at, width) = (new Integers(plan.Output.ToArray(), DType.QInt32), 0, input.Shape[^1]);
        for (var channel = 0; channel < input.Shape[0] * input.Shape[1]; channel++)
        {
            foreach (var row in plan.Rows.Taps)
            {
                foreach (var column in plan.Columns.Taps)
                {
                    var (wy, wx) = (plan.Rows.Denominator - row.Weight, plan.Columns.Denominator - column.Weight);
                    var upper = (wx * At(row.First, column.First)) + (column.Weight * At(row.First, column.Second));
                    var lower = (wx * At(row.Second, column.First)) + (column.Weight * At(row.Second, column.Second));
                    result.Data[at++] = (wy * upper) + (row.Weight * lower);
                }
            }

            int At(int y, int x) => input.Data[(channel * input.Area) + (y * width) + x];
        }

        return result;
    }

    public ReferenceValue GridSample(ReferenceValue x, ReferenceValue grid, ReferenceValue constant, GridMode mode)
    {
        var (input, points, c) = ((Integers)x, (Integers)grid, Constant<GridConstant>(constant));
        var (height, width) = (input.Shape[2], input.Shape[3]);
        var result = new Integers([input.Shape[0], input.Shape[1], points.Shape[1], points.Shape[2]], DType.QInt32);
        var at = 0;
        foreach (var (n, channel, row, column) in Positions(result.Shape))
        {
            var point = ((((n * points.Shape[1]) + row) * points.Shape[2]) + column) * 2;
            var (px, py) = (c.X(points.Data[point], width, mode), c.Y(points.Data[point + 1], height, mode));
            var (left, top, one) = (px >> c.Bits, py >> c.Bits, 1 << c.Bits);
            var (wx, wy) = (px - (left << c.Bits), py - (top << c.Bits));
            result.Data[at++] = mode.IsNearest
                ? At(c.Nearest(py), c.Nearest(px))
                : ((one - wy) * (((one - wx) * At(top, left)) + (wx * At(top, left + 1)))) + (wy * (((one - wx) * At(top + 1, left)) + (wx * At(top + 1, left + 1))));

            int At(int y, int x) => y >= 0 && y < height && x >= 0 && x < width ? input.Data[(((((n * input.Shape[1]) + channel) * height) + y) * width) + x] : 0;
        }

        return result;
    }
}
