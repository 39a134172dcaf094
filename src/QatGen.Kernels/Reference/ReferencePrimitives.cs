using QatGen.Arithmetic;
using QatGen.Primitives;
using static QatGen.Kernels.Reference.ReferenceValue;

namespace QatGen.Kernels.Reference;

/// <summary>The primitives as plain loops that follow NUMERICS literally: the living definition that settles arguments.</summary>
internal sealed partial class ReferencePrimitives : IPrimitives<ReferenceValue>
{
    private string _layer = "";

    public void Layer(string path) => _layer = path;

    public ReferenceValue Conv(ReferenceValue x, ReferenceValue weight, ReferenceValue bias, ConvGeometry g)
    {
        var (input, w, b) = ((Integers)x, Constant<WeightConstant>(weight), Constant<BiasConstant>(bias));
        var map = MapShape.Of(new(input.Shape));
        var (channels, kernelH, kernelW) = (w.Shape[1], w.Shape[2], w.Shape[3]);
        var result = new Integers([.. MapShape.With(new(input.Shape), w.OutputChannels, g.OutputHeight(map.Height, kernelH), g.OutputWidth(map.Width, kernelW))], DType.QInt32);
        var at = 0;
        foreach (var (n, o, slice, y, column) in Positions(result.Shape))
        {
            var firstChannel = o / (w.OutputChannels / g.Groups) * channels;
            var sum = b.Values[o];
            for (var c = 0; c < channels; c++)
            {
                for (var kh = 0; kh < kernelH; kh++)
                {
                    for (var kw = 0; kw < kernelW; kw++)
                    {
                        var (iy, ix) = ((y * g.StrideH) - g.PadTop + (kh * g.DilationH), (column * g.StrideW) - g.PadLeft + (kw * g.DilationW));
                        if (iy >= 0 && iy < map.Height && ix >= 0 && ix < map.Width)
                        {
                            sum += input.Data[At(map, n, firstChannel + c, slice, iy, ix)] * w.Values[(((((o * channels) + c) * kernelH) + kh) * kernelW) + kw];
                        }
                    }
                }
            }

            result.Data[at++] = sum;
        }

        return result;
    }

    public ReferenceValue Rescale(ReferenceValue[] terms, ReferenceValue rescale)
    {
        var (inputs, r) = (terms.Cast<Integers>().ToArray(), Constant<RescaleConstant>(rescale));
        inputs = Broadcast(inputs);
        var result = new Integers(inputs[0].Shape, r.DType);
        for (var i = 0; i < result.Data.Length; i++)
        {
            var lane = r.Lanes switch
            {
                LaneKind.Channel => i / result.Area % result.Shape[1],
                LaneKind.Position => r.Map[i % result.Area],
                _ => 0,
            };
            result.Data[i] = Rescale([.. inputs.Select(t => t.Data[i])], r, lane);
        }

        return result;
    }

    public ReferenceValue Clamp(ReferenceValue x, ReferenceValue limits)
    {
        var (input, clamp) = ((Integers)x, Constant<ClampConstant>(limits));
        return input with { Data = [.. input.Data.Select(v => Math.Clamp(v, clamp.Low, clamp.High))] };
    }

    public ReferenceValue MaxPool(ReferenceValue x, PoolGeometry geometry) => Pool((Integers)x, geometry, ((Integers)x).DType, ((Integers)x).DType.Min(), Math.Max);

    public ReferenceValue SumPool(ReferenceValue x, PoolGeometry geometry, AverageCount count) => Pool((Integers)x, geometry, DType.QInt32, 0, static (sum, v) => sum + v);

    public ReferenceValue Reduce(ReferenceValue x, Reduction reduction)
    {
        var input = (Integers)x;
        var result = new Integers([.. reduction.Output(new(input.Shape))], reduction.IsSum ? DType.QInt32 : input.DType);
        Array.Fill(result.Data, reduction.Kind switch { ReduceKind.Maximum => int.MinValue, ReduceKind.Minimum => int.MaxValue, _ => 0 });
        var into = Repeated(result with { Data = [.. Enumerable.Range(0, result.Data.Length)] }, input.Shape).Data;
        for (var i = 0; i < input.Data.Length; i++)
        {
            ref var value = ref result.Data[into[i]];
            value = reduction.Kind switch { ReduceKind.Maximum => Math.Max(value, input.Data[i]), ReduceKind.Minimum => Math.Min(value, input.Data[i]), _ => value + input.Data[i] };
        }

        return result;
    }

    public ReferenceValue Concat(ReferenceValue[] parts, ReferenceValue rescale, int axis)
    {
        var (inputs, r) = (parts.Cast<Integers>().ToArray(), Constant<RescaleConstant>(rescale));
        var batch = inputs.Max(static p => p.Shape[0]);
        inputs = [.. inputs.Select(p => p.Shape[0] == batch ? p : Repeated(p, [batch, .. p.Shape[1..]]))];
        axis = axis < 0 ? axis + inputs[0].Shape.Length : axis;
        var result = new Integers([.. inputs[0].Shape.Select((d, i) => i == axis ? inputs.Sum(p => p.Shape[axis]) : d)], r.DType);
        var outer = inputs[0].Shape.Take(axis).Aggregate(1, static (n, d) => n * d);
        var at = 0;
        for (var o = 0; o < outer; o++)
        {
            for (var part = 0; part < inputs.Length; part++)
            {
                var run = inputs[part].Data.Length / outer;
                for (var i = 0; i < run; i++)
                {
                    result.Data[at++] = Rescale([inputs[part].Data[(o * run) + i]], r, part);
                }
            }
        }

        return result;
    }

    public ReferenceValue Reshape(ReferenceValue x, int[] shape)
    {
        var input = (Integers)x;
        var target = new FactChecker().Reshape(Fact.Of(new(input.Shape), input.DType), shape);
        return input with { Shape = target.Shape.ToArray() };
    }

    public ReferenceValue Move(ReferenceValue x, Movement movement) => Move((Integers)x, movement, 0);

    public ReferenceValue Move(ReferenceValue x, ReferenceValue fill, Movement movement) => Move((Integers)x, movement, Constant<FillConstant>(fill).Value);

    private static Integers Move(Integers input, Movement movement, int fill)
    {
        var plan = movement.For(new(input.Shape));
        var result = new Integers(plan.Output.ToArray(), input.DType);
        var (elements, frame) = (plan.Elements(), input.Data.Length / input.Shape[0]);
        for (var i = 0; i < result.Data.Length; i++)
        {
            var element = elements[i % elements.Length];
            result.Data[i] = element == MovePlan.Outside ? fill : input.Data[(i / elements.Length * frame) + element];
        }

        return result;
    }

    public ReferenceValue Lut(ReferenceValue x, ReferenceValue table)
    {
        var (input, t) = ((Integers)x, Constant<TableConstant>(table));
        var results = t.Expand();
        return new Integers(input.Shape, t.DType, [.. input.Data.Select(q => results[q - t.Input.Min()])]);
    }

    /// <summary>One element of NUMERICS section 5, or the clamped accumulator of a high-precision output.</summary>
    private static int Rescale(int[] terms, RescaleConstant r, int lane)
    {
        if (r.IsPassThrough)
        {
            return Math.Clamp(terms[0], r.Lows[lane], r.Highs[lane]);
        }

        long sum = 0;
        for (var t = 0; t < terms.Length; t++)
        {
            sum += (long)terms[t] * r.Multipliers[(lane * r.Terms) + t];
        }

        return Rescaling.Apply(sum, r.Shifts[lane], r.Lows[lane], r.Highs[lane]);
    }

    private static Integers Pool(Integers input, PoolGeometry geometry, DType type, int start, Func<int, int, int> combine)
    {
        var map = MapShape.Of(new(input.Shape));
        var g = geometry.For(map.Height, map.Width);
        var result = new Integers([.. MapShape.With(new(input.Shape), map.Channels, g.OutputHeight(map.Height), g.OutputWidth(map.Width))], type);
        var at = 0;
        foreach (var (n, c, slice, y, x) in Positions(result.Shape))
        {
            var (rows, columns, value) = (g.Rows(y, map.Height), g.Columns(x, map.Width), start);
            for (var kh = 0; kh < rows.Count; kh++)
            {
                for (var kw = 0; kw < columns.Count; kw++)
                {
                    var (iy, ix) = (rows.Start + (kh * rows.Step), columns.Start + (kw * columns.Step));
                    if (iy >= 0 && iy < map.Height && ix >= 0 && ix < map.Width)
                    {
                        value = combine(value, input.Data[At(map, n, c, slice, iy, ix)]);
                    }
                }
            }

            result.Data[at++] = value;
        }

        return result;
    }

    private static int At(MapShape map, int n, int channel, int slice, int y, int x) => (((((((n * map.Channels) + channel) * map.Slices) + slice) * map.Height) + y) * map.Width) + x;

    private static IEnumerable<(int N, int C, int Slice, int Y, int X)> Positions(int[] shape) =>
        from map in new[] { MapShape.Of(new(shape)) }
        from n in Enumerable.Range(0, map.Batch)
        from c in Enumerable.Range(0, map.Channels)
        from slice in Enumerable.Range(0, map.Slices)
        from y in Enumerable.Range(0, map.Height)
        from x in Enumerable.Range(0, map.Width)
        select (n, c, slice, y, x);

    private static T Constant<T>(ReferenceValue value)
        where T : Constant => (T)((Fixed)value).Constant;
}
