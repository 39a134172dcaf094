using QatGen.Arithmetic;
using QatGen.Primitives;

namespace QatGen.Bpu.Tests;

/// <summary>The primitives as plain loops, written without regard to how the compiler or simulator work.</summary>
internal sealed partial class ReferencePrimitives : IPrimitives<ReferenceValue>
{
    public static QTensor[] Run(IntGraph graph, params QTensor[] inputs)
    {
        var results = graph.Forward(new ReferencePrimitives(), [.. graph.Constants.Select(ReferenceValue.Of)], [.. inputs.Select(ReferenceValue.Of)]);
        return [.. results.Select((r, i) => new QTensor(r.Shape, r.Type, r.Data, [.. graph.Signature.Outputs[i].Scales]))];
    }

    public void Layer(string path)
    {
    }

    public ReferenceValue Conv(ReferenceValue x, ReferenceValue weight, ReferenceValue bias, ConvGeometry g)
    {
        var (w, b) = ((WeightConstant)weight.Constant!, (BiasConstant)bias.Constant!);
        var (outputs, perGroup, kernelH, kernelW) = (w.Shape[0], w.Shape[1], w.Shape[2], w.Shape[3]);
        return Map(x, outputs, g.OutputHeight(x.Height, kernelH), g.OutputWidth(x.Width, kernelW), DType.QInt32, (n, o, plane, h, c) =>
        {
            var sum = b.Values[o];
            var first = o / (outputs / g.Groups) * perGroup;
            for (var i = 0; i < perGroup; i++)
            {
                for (var ky = 0; ky < kernelH; ky++)
                {
                    for (var kx = 0; kx < kernelW; kx++)
                    {
                        var (row, column) = ((h * g.StrideH) - g.PadTop + (ky * g.DilationH), (c * g.StrideW) - g.PadLeft + (kx * g.DilationW));
                        if (x.Holds(row, column))
                        {
                            sum = checked(sum + (w.Values[(((((o * perGroup) + i) * kernelH) + ky) * kernelW) + kx] * x[n, first + i, plane, row, column]));
                        }
                    }
                }
            }

            return sum;
        });
    }

    public ReferenceValue Rescale(ReferenceValue[] terms, ReferenceValue rescale)
    {
        var r = (RescaleConstant)rescale.Constant!;
        terms = Repeated(terms);
        var positions = terms[0].Shape.Skip(2).Aggregate(1, static (n, d) => n * d);
        var data = new int[terms[0].Data.Length];
        for (var i = 0; i < data.Length; i++)
        {
            var lane = r.Lanes switch { LaneKind.Channel => i / positions % terms[0].Shape[1], LaneKind.Position => r.Map[i % positions], _ => 0 };
            data[i] = One(r, lane, [.. terms.Select(t => t.Data[i])]);
        }

        return new(terms[0].Shape, data, r.DType);
    }

    public ReferenceValue Clamp(ReferenceValue x, ReferenceValue limits)
    {
        var c = (ClampConstant)limits.Constant!;
        return x with { Data = [.. x.Data.Select(v => Math.Clamp(v, c.Low, c.High))] };
    }

    public ReferenceValue MaxPool(ReferenceValue x, PoolGeometry geometry) => Pool(x, geometry, x.Type, static values => values.Max());

    public ReferenceValue SumPool(ReferenceValue x, PoolGeometry geometry, AverageCount count) => Pool(x, geometry, DType.QInt32, static values => values.Sum());

    public ReferenceValue Reduce(ReferenceValue x, Reduction reduction)
    {
        var (shape, data) = ((int[])x.Shape.Clone(), x.Data);
        foreach (var axis in reduction.Axes.Select(a => a < 0 ? a + shape.Length : a))
        {
            var inner = shape.Skip(axis + 1).Aggregate(1, static (n, d) => n * d);
            var (old, size) = (data, shape[axis]);
            shape[axis] = 1;
            data = [.. Enumerable.Range(0, old.Length / size).Select(i => Enumerable.Range(0, size).Select(k => old[(((i / inner * size) + k) * inner) + (i % inner)]))
                .Select(values => reduction.Kind switch { ReduceKind.Maximum => values.Max(), ReduceKind.Minimum => values.Min(), _ => values.Sum() })];
        }

        return new(shape, data, reduction.IsSum ? DType.QInt32 : x.Type);
    }

    public ReferenceValue Concat(ReferenceValue[] parts, ReferenceValue rescale, int axis)
    {
        var r = (RescaleConstant)rescale.Constant!;
        var shape = (int[])parts[0].Shape.Clone();
        axis = axis < 0 ? axis + shape.Length : axis;
        shape[0] = parts.Max(static p => p.Shape[0]);
        parts = [.. parts.Select(p => p with { Data = [.. Enumerable.Repeat(p.Data, shape[0] / p.Shape[0]).SelectMany(static d => d)] })];
        shape[axis] = parts.Sum(p => p.Shape[axis]);
        var outer = shape.Take(axis).Aggregate(1, static (n, d) => n * d);
        var data = new List<int>();
        for (var i = 0; i < outer; i++)
        {
            for (var part = 0; part < parts.Length; part++)
            {
                var run = parts[part].Data.Length / outer;
                data.AddRange(parts[part].Data.Skip(i * run).Take(run).Select(v => One(r, part, v)));
            }
        }

        return new(shape, [.. data], r.DType);
    }

    public ReferenceValue Reshape(ReferenceValue x, int[] shape)
    {
        var target = shape.Select((d, i) => d == 0 ? x.Shape[i] : d).ToArray();
        var rest = target.Where(static d => d > 0).Aggregate(1, static (n, d) => n * d);
        return x with { Shape = [.. target.Select(d => d < 0 ? x.Data.Length / rest : d)] };
    }

    public ReferenceValue Move(ReferenceValue x, Movement movement) => Move(x, movement, 0);

    public ReferenceValue Move(ReferenceValue x, ReferenceValue fill, Movement movement) => Move(x, movement, ((FillConstant)fill.Constant!).Value);

    private static ReferenceValue Move(ReferenceValue x, Movement movement, int fill)
    {
        var (plan, frame) = (movement.For(new(x.Shape)), x.Data.Length / x.Shape[0]);
        var (shape, data) = (plan.Output.ToArray(), new List<int>());
        for (var n = 0; n < shape[0]; n++)
        {
            data.AddRange(plan.Elements().Select(e => e == MovePlan.Outside ? fill : x.Data[(n * frame) + e]));
        }

        return new(shape, [.. data], x.Type);
    }

    public ReferenceValue GridSample(ReferenceValue x, ReferenceValue grid, ReferenceValue constant, GridMode mode)
    {
        var c = (GridConstant)constant.Constant!;
        var (height, width, bits) = (x.Shape[2], x.Shape[3], c.Bits);
        return Map(x, x.Shape[1], grid.Shape[1], grid.Shape[2], DType.QInt32, (n, channel, _, h, w) =>
        {
            var (px, py) = (Position(grid[n, h, 0, w, 0], c.MultiplierX, width), Position(grid[n, h, 0, w, 1], c.MultiplierY, height));
            return mode.IsNearest ? At(Even(py), Even(px)) : (from y in new[] { py >> bits, (py >> bits) + 1 }
                                                              from z in new[] { px >> bits, (px >> bits) + 1 }
                                                              select Weight(py, y) * Weight(px, z) * At(y, z)).Sum();

            int At(int y, int z) => x.Holds(y, z) ? x[n, channel, 0, y, z] : 0;
        });

        int Weight(int position, int element) => (1 << bits) - Math.Abs(position - (element << bits));

        int Even(int position) => (int)Math.Round(Math.ScaleB(position, -bits), MidpointRounding.ToEven);

        int Position(int q, int multiplier, int size) => (int)Int128.Clamp(
            (((Int128)q * multiplier) + ((Int128)(size - 1) << (bits + c.Shift - 1)) + ((Int128)1 << (c.Shift - 1))) >> c.Shift, mode.RepeatsBorder ? 0 : -1L << bits, (long)(mode.RepeatsBorder ? size - 1 : size) << bits);
    }

    public ReferenceValue Resize(ReferenceValue x, ResizeGeometry geometry)
    {
        var plan = geometry.For(new(x.Shape), x.Type);
        var (width, positions) = (x.Shape[^1], x.Shape.Skip(2).Aggregate(1, static (n, d) => n * d));
        var sums = from map in x.Data.Chunk(positions)
                   from row in plan.Rows.Taps
                   from column in plan.Columns.Taps
                   select Blend(
            plan.Rows.Denominator, row.Weight, Line(map, row.First, column), Line(map, row.Second, column));
        return new(plan.Output.ToArray(), [.. sums], DType.QInt32);

        int Line(int[] map, int row, ResizeTap column) => Blend(plan.Columns.Denominator, column.Weight, map[(row * width) + column.First], map[(row * width) + column.Second]);

        static int Blend(int denominator, int weight, int first, int second) => (denominator * first) + (weight * (second - first));
    }

    public ReferenceValue Lut(ReferenceValue x, ReferenceValue table)
    {
        var t = (TableConstant)table.Constant!;
        return new(x.Shape, [.. x.Data.Select(q => t.Input == DType.QInt8 ? t.Values[q + 128] : Segment(t, q))], t.DType);
    }

    /// <summary>NUMERICS section 6 in 64-bit arithmetic: a line, six segments of 63 intervals, a line.</summary>
    private static int Segment(TableConstant t, int q)
    {
        var fraction = t.DType == DType.QInt8 ? 7 : 0;
        var piece = t.Splits.Count(s => s <= q) - 1;
        long Half(int bits) => 1L << (bits - 1);
        long y;
        if (piece is -1 or 6)
        {
            var (split, value, slope) = piece < 0 ? (t.Splits[0], t.Values[0], t.Slopes[0]) : (t.Splits[6], t.Values[383], t.Slopes[1]);
            y = (((long)(q - split) * slope) + (value * 65536L) + Half(16 + fraction)) >> (16 + fraction);
        }
        else
        {
            var u = ((q - t.Splits[piece]) * (63L * 256 * 65536 / (t.Splits[piece + 1] - t.Splits[piece])) + 32768) / 65536;
            var entry = Math.Min(u / 256, 62);
            var values = t.Values.Skip((64 * piece) + (int)entry).Take(2).ToArray();
            y = ((values[0] * 256L) + ((values[1] - values[0]) * (u - (entry * 256))) + Half(8 + fraction)) >> (8 + fraction);
        }

        return (int)Math.Clamp(y, t.DType.Min(), t.DType.Max());
    }

    private static int One(RescaleConstant r, int lane, params int[] terms)
    {
        var sum = terms.Select((t, i) => (long)t * r.Multipliers[(lane * r.Terms) + i]).Sum();
        return r.IsPassThrough ? Math.Clamp(terms[0], r.Lows[lane], r.Highs[lane]) : Rescaling.Apply(sum, r.Shifts[lane], r.Lows[lane], r.Highs[lane]);
    }

    private static ReferenceValue Pool(ReferenceValue x, PoolGeometry geometry, DType type, Func<IEnumerable<int>, int> reduce)
    {
        var g = geometry.For(x.Height, x.Width);
        return Map(x, x.Shape[1], g.OutputHeight(x.Height), g.OutputWidth(x.Width), type, (n, c, plane, h, w) => reduce(
            from row in Read(g.Rows(h, x.Height))
            from column in Read(g.Columns(w, x.Width))
            where x.Holds(row, column)
            select x[n, c, plane, row, column]));

        static IEnumerable<int> Read(PoolExtent window) => Enumerable.Range(0, window.Count).Select(i => window.Start + (i * window.Step));
    }

    private static ReferenceValue Map(ReferenceValue x, int channels, int height, int width, DType type, Func<int, int, int, int, int, int> value)
    {
        var data = new int[x.Shape[0] * channels * x.Planes * height * width];
        for (var i = 0; i < data.Length; i++)
        {
            var (w, h, plane, c) = (i % width, i / width % height, i / (width * height) % x.Planes, i / (width * height * x.Planes) % channels);
            data[i] = value(i / (width * height * x.Planes * channels), c, plane, h, w);
        }

        int[] map = [height, width];
        return new([x.Shape[0], channels, .. x.Shape.Skip(2).Take(x.Shape.Length - 4), .. map[Math.Max(0, 4 - x.Shape.Length)..]], data, type);
    }
}
