using QatGen.Arithmetic;
using QatGen.Primitives;

namespace QatGen.Torch.Tests;

/// <summary>A tensor of integers, or a constant.</summary>
internal sealed record Naive(int[] Shape, long[] Data, Constant? Constant = null)
{
    public DType Type { get; init; } = DType.QInt8;

    public long this[params int[] index] => Data[index.Select((v, i) => v * Shape.Skip(i + 1).Aggregate(1, static (n, d) => n * d)).Sum()];
}

/// <summary>The integer program by its definition: one loop per element, nothing shared with the code under test but Core.</summary>
internal sealed partial class NaivePrimitives : IPrimitives<Naive>
{
    /// <summary>The output integers of a model for one tensor per input.</summary>
    public static long[] Run(FixedPointModel model, params QTensor[] inputs) =>
        model.Forward(new NaivePrimitives(), [.. model.Constants.Select(static c => new Naive([], [], c))], [.. inputs.Select(static q => new Naive([.. q.Shape], [.. q.Data]) { Type = q.DType })])[0].Data;

    public void Layer(string path)
    {
    }

    public Naive Conv(Naive x, Naive weight, Naive bias, ConvGeometry g)
    {
        var (w, b) = ((WeightConstant)weight.Constant!, (BiasConstant)bias.Constant!);
        var kernel = new Naive([.. w.Shape], [.. w.Values]);
        var (perGroup, outputs) = (w.Shape[1], w.Shape[0] / g.Groups);
        return Planes(x, w.Shape[0], x => (g.OutputHeight(x.Shape[2], w.Shape[2]), g.OutputWidth(x.Shape[3], w.Shape[3])), (x, i) =>
        {
            long sum = b.Values[i[1]];
            for (var c = 0; c < perGroup; c++)
            {
                for (var kh = 0; kh < w.Shape[2]; kh++)
                {
                    for (var kw = 0; kw < w.Shape[3]; kw++)
                    {
                        var (h, v) = ((i[2] * g.StrideH) - g.PadTop + (kh * g.DilationH), (i[3] * g.StrideW) - g.PadLeft + (kw * g.DilationW));
                        sum += Inside(x, h, v) ? x[i[0], (i[1] / outputs * perGroup) + c, h, v] * kernel[i[1], c, kh, kw] : 0;
                    }
                }
            }

            return checked((int)sum);
        });
    }

    public Naive Rescale(Naive[] terms, Naive rescale)
    {
        var r = (RescaleConstant)rescale.Constant!;
        terms = Repeated(terms);
        return Fill(terms[0].Shape, i =>
        {
            var lane = r.Lanes switch { LaneKind.Channel => i[1], LaneKind.Position => r.Map[i.Skip(2).Select((v, axis) => v * terms[0].Shape.Skip(axis + 3).Aggregate(1, static (n, d) => n * d)).Sum()], _ => 0 };
            var sum = terms.Select((t, n) => t[i] * r.Multipliers[(lane * r.Terms) + n]).Sum();
            return r.IsPassThrough ? Quantization.Clamp(terms[0][i], r.Lows[lane], r.Highs[lane]) : Rescaling.Apply(sum, r.Shifts[lane], r.Lows[lane], r.Highs[lane]);
        }) with
        { Type = r.DType };
    }

    public Naive Clamp(Naive x, Naive limits) => Fill(x.Shape, i => Math.Clamp(x[i], ((ClampConstant)limits.Constant!).Low, ((ClampConstant)limits.Constant!).High)) with { Type = x.Type };

    public Naive MaxPool(Naive x, PoolGeometry geometry) => Pool(x, geometry, static window => window.Max()) with { Type = x.Type };

    public Naive SumPool(Naive x, PoolGeometry geometry, AverageCount count) => Pool(x, geometry, static window => window.Sum());

    public Naive Reduce(Naive x, Reduction reduction)
    {
        var axes = reduction.Axes.Select(a => a < 0 ? a + x.Shape.Length : a).ToArray();
        return Fill([.. x.Shape.Select((d, axis) => axes.Contains(axis) ? 1 : d)], i =>
        {
            var along = Along(i, 0).Select(at => x[at]);
            return reduction.Kind switch { ReduceKind.Maximum => along.Max(), ReduceKind.Minimum => along.Min(), _ => checked((int)along.Sum()) };
        });

        IEnumerable<int[]> Along(int[] at, int next) => next == axes.Length ? [at]
            : Enumerable.Range(0, x.Shape[axes[next]]).SelectMany(v => Along([.. at.Select((old, axis) => axis == axes[next] ? v : old)], next + 1));
    }

    public Naive Concat(Naive[] parts, Naive rescale, int axis)
    {
        var r = (RescaleConstant)rescale.Constant!;
        int[] shape = [.. parts[0].Shape];
        axis = axis < 0 ? axis + shape.Length : axis;
        shape[axis] = parts.Sum(p => p.Shape[axis]);
        shape[0] = parts.Max(static p => p.Shape[0]);
        return Fill(shape, i =>
        {
            var (part, at) = (0, (int[])i.Clone());
            for (; at[axis] >= parts[part].Shape[axis]; part++)
            {
                at[axis] -= parts[part].Shape[axis];
            }

            at[0] %= parts[part].Shape[0];
            return Rescaling.Apply(parts[part][at] * r.Multipliers[part], r.Shifts[part], r.Lows[part], r.Highs[part]);
        }) with
        { Type = r.DType };
    }

    public Naive Reshape(Naive x, int[] shape)
    {
        var target = shape.Select((d, i) => d != 0 ? d : i < x.Shape.Length ? x.Shape[i] : 1).ToArray();
        var known = target.Where(static d => d > 0).Aggregate(1, static (n, d) => n * d);
        return x with { Shape = [.. target.Select(d => d < 0 ? x.Data.Length / known : d)] };
    }

    public Naive Move(Naive x, Movement movement) => Moved(x, movement, 0);

    public Naive Move(Naive x, Naive fill, Movement movement) => Moved(x, movement, ((FillConstant)fill.Constant!).Value);

    private static Naive Moved(Naive x, Movement movement, long fill)
    {
        var plan = movement.For(new(x.Shape));
        var frame = x.Data.Length / x.Shape[0];
        return Fill([.. plan.Output], i =>
        {
            var parts = plan.Offsets.Select((table, axis) => table[i[axis + 1]]).ToArray();
            return parts.Contains(MovePlan.Outside) ? fill : x.Data[(i[0] * frame) + parts.Sum()];
        }) with
        { Type = x.Type };
    }

    public Naive GridSample(Naive x, Naive grid, Naive constant, GridMode mode)
    {
        var c = (GridConstant)constant.Constant!;
        return Fill([x.Shape[0], x.Shape[1], grid.Shape[1], grid.Shape[2]], i =>
        {
            var (px, py) = (Position(0, c.MultiplierX, x.Shape[3]), Position(1, c.MultiplierY, x.Shape[2]));
            if (mode.IsNearest)
            {
                var (row, column) = ((int)Math.Round(py, MidpointRounding.ToEven), (int)Math.Round(px, MidpointRounding.ToEven));
                return Inside(x, row, column) ? x[i[0], i[1], row, column] : 0;
            }

            var sum = from row in Enumerable.Range((int)Math.Floor(py), 2)
                      from column in Enumerable.Range((int)Math.Floor(px), 2)
                      where Inside(x, row, column)
                      select (1 - Math.Abs(py - row)) * (1 - Math.Abs(px - column)) * x[i[0], i[1], row, column];
            return (long)Math.ScaleB(sum.Sum(), 2 * c.Bits);

            double Position(int coordinate, int multiplier, int size)
            {
                var steps = Math.Floor((((double)grid[i[0], i[2], i[3], coordinate] * multiplier) / (1L << c.Shift)) + ((size - 1) * (1L << c.Bits) / 2.0) + 0.5);
                return Math.Clamp(steps / (1L << c.Bits), mode.RepeatsBorder ? 0 : -1, mode.RepeatsBorder ? size - 1 : size);
            }
        });
    }

    public Naive Resize(Naive x, ResizeGeometry geometry)
    {
        var plan = geometry.For(new(x.Shape), x.Type);
        return Fill([.. plan.Output], i =>
        {
            var (row, column) = (x.Shape.Length == 3 ? plan.Rows.Taps[0] : plan.Rows.Taps[i[2]], plan.Columns.Taps[i[^1]]);
            return new[] { (At: row.First, Weight: plan.Rows.Denominator - row.Weight), (At: row.Second, row.Weight) }.Sum(y =>
                new[] { (At: column.First, Weight: plan.Columns.Denominator - column.Weight), (At: column.Second, column.Weight) }.Sum(c =>
                    (long)y.Weight * c.Weight * (x.Shape.Length == 3 ? x[i[0], i[1], c.At] : x[i[0], i[1], y.At, c.At])));
        });
    }

    public Naive Lut(Naive x, Naive table)
    {
        var t = (TableConstant)table.Constant!;
        var results = t.Expand();
        return Fill(x.Shape, i => results[x[i] - t.Input.Min()]);
    }

    private static Naive Pool(Naive x, PoolGeometry geometry, Func<IEnumerable<long>, long> combine) => Planes(
        x, x.Shape[1], x => (geometry.For(x.Shape[2], x.Shape[3]).OutputHeight(x.Shape[2]), geometry.For(x.Shape[2], x.Shape[3]).OutputWidth(x.Shape[3])), (x, i) =>
        {
            var g = geometry.For(x.Shape[2], x.Shape[3]);
            var (rows, columns) = (g.Rows(i[2], x.Shape[2]), g.Columns(i[3], x.Shape[3]));
            return combine(
                from kh in Enumerable.Range(0, rows.Count)
                from kw in Enumerable.Range(0, columns.Count)
                let h = rows.Start + (kh * rows.Step)
                let w = columns.Start + (kw * columns.Step)
                where Inside(x, h, w)
                select x[i[0], i[1], h, w]);
        });

    /// <summary>What reads maps [N, C, H, W], on tensors of any rank: each plane of a volume for itself.</summary>
    private static Naive Planes(Naive x, int channels, Func<Naive, (int H, int W)> size, Func<Naive, int[], long> value)
    {
        int[] Map(int[] shape) => [shape[0], shape[1], .. Enumerable.Repeat(1, Math.Max(0, 4 - shape.Length)), .. shape.Skip(2).Skip(Math.Max(0, shape.Length - 4))];
        var planes = x.Shape.Skip(2).Take(x.Shape.Length - 4).Aggregate(1, static (n, d) => n * d);
        var area = x.Shape.Skip(2).Aggregate(1, static (n, d) => n * d) / planes;
        var results = Enumerable.Range(0, planes).Select(plane =>
        {
            var one = new Naive(Map(x.Shape), [.. x.Data.Where((_, i) => i / area % planes == plane)]);
            var (h, w) = size(one);
            return Fill([x.Shape[0], channels, h, w], i => value(one, i));
        }).ToArray();
        var (height, width) = (results[0].Shape[2], results[0].Shape[3]);
        int[] map = [height, width];
        var data = from channel in Enumerable.Range(0, x.Shape[0] * channels)
                   from result in results
                   from i in Enumerable.Range(0, height * width)
                   select result.Data[(channel * height * width) + i];
        return new([x.Shape[0], channels, .. x.Shape.Skip(2).Take(x.Shape.Length - 4), .. map[Math.Max(0, 4 - x.Shape.Length)..]], [.. data]);
    }

    private static bool Inside(Naive x, int h, int w) => h >= 0 && h < x.Shape[2] && w >= 0 && w < x.Shape[3];

    private static Naive Fill(int[] shape, Func<int[], long> value)
    {
        var data = new long[shape.Aggregate(1, static (n, d) => n * d)];
        var index = new int[shape.Length];
        for (var n = 0; n < data.Length; n++)
        {
            for (var (d, rest) = (shape.Length - 1, n); d >= 0; rest /= shape[d], d--)
            {
                index[d] = rest % shape[d];
            }

            data[n] = value(index);
        }

        return new(shape, data);
    }
}
