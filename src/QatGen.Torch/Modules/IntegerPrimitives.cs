using QatGen.Arithmetic;
using QatGen.Primitives;
using QatGen.Torch.Functions;
using QatGen.Torch.Quantizers;
using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>
/// The integer program with gradients. In QAT outputs are observed before they are rounded and weight scales follow the weights; in VALIDATION scales are frozen
/// and every integer equals the fixed-point program's (NUMERICS section 8). Each source of a constant keeps the integers it last gave: conversion takes those and computes nothing of its own.
/// </summary>
internal sealed partial class IntegerPrimitives(FakeQuantState state) : IPrimitives<QatValue>
{
    private readonly HashSet<WeightQuantizer> _refreshed = [];
    private string _layer = "";

    public void Layer(string path) => _layer = path;

    public QatValue Conv(QatValue x, QatValue weight, QatValue bias, ConvGeometry g)
    {
        var (input, w, b) = ((QatValue.Activation)x, (QatValue.WeightSource)weight, (QatValue.BiasSource)bias);

        if (w.Norm?.IsLive(state) == true)
        {
            return Normalized(input, w, b, g);
        }

        var (weights, biases, known) = Quantized(w.Quantizer, w.Weight, b.Bias, input.Known);
        if (w.Arrangement is { } arrangement)
        {
            (weights, biases, known) = (arrangement.Weights(weights), arrangement.Biases(biases), arrangement.Rows(known));
        }

        var exact = known.Bounds.Max() < TorchConv.Float32Bound && TorchConv.Float32IsExact;
        var type = exact || state == FakeQuantState.Qat ? ScalarType.Float32 : ScalarType.Float64;
        return new QatValue.Activation(TorchConv.Run(input.Data.to(type), weights.to(type), g, biases.to(type), _layer), known, DType.QInt32);
    }

    /// <summary>The integers of weights and biases; the first pass after entering VALIDATION freezes the scales of the weights as they are then.</summary>
    private (Tensor Weight, Tensor Bias, Quantity Sum) Quantized(WeightQuantizer quantizer, Tensor weight, Tensor bias, Quantity input, bool sumsAreReal = false)
    {
        if (state == FakeQuantState.Qat || !_refreshed.Contains(quantizer))
        {
            quantizer.Refresh(weight, bias, input, state == FakeQuantState.Qat);
            _refreshed.Add(quantizer);
        }

        return quantizer.Quantize(weight, bias, input, sumsAreReal);
    }

    public QatValue Rescale(QatValue[] terms, QatValue rescale)
    {
        var source = (QatValue.RescaleSource)rescale;
        var inputs = Factored(Resolved(terms, terms.OfType<QatValue.Activation>().First()), source.Role);
        if (source.Role.ScaleOf >= 0)
        {
            return Scaled(inputs, source);
        }

        if (source.Quantizer is not { } quantizer)
        {
            return PassThrough(inputs[0], source);
        }

        inputs = TorchShape.Broadcast(inputs, _layer);

        if (quantizer.ObservesIn(state))
        {
            if (quantizer.NeedsData)
            {
                using var reals = RangeLoop.Reals(inputs, source.Role.Range);
                quantizer.Observe(reals);
            }
            else
            {
                var (min, max) = RangeLoop.Run(inputs, source.Role.Range);
                quantizer.Observe(min, max);
            }
        }

        var scale = quantizer.CalibratedScale;
        source.Latest = RescaleConstant.Create([.. inputs.Select(static t => t.Known)], scale, source.Role.Range, quantizer.Range, _layer);
        var rounding = quantizer.Rounding(inputs[0].Data.numel());
        return Quantized(RescaleFunction.Run(source.Latest, Real(source.Latest, inputs, scale), [.. inputs.Select(static t => t.Data)], rounding), scale, quantizer.DType);
    }

    public QatValue Clamp(QatValue x, QatValue limits)
    {
        var (input, source) = ((QatValue.Activation)x, (QatValue.ClampSource)limits);
        var (low, high) = Quantization.Limits(source.Range, input.Known.Scales[0], input.DType);
        source.Latest = new(low, high);
        return input with { Data = input.Data.clamp(Kept.Of(low), Kept.Of(high)) };
    }

    /// <summary>A window that lies on padding alone gives the smallest integer.</summary>
    public QatValue MaxPool(QatValue x, PoolGeometry geometry)
    {
        var input = (QatValue.Activation)x;
        return input with { Data = TorchPool.Max(input.Data, geometry, _layer).clamp_min(Kept.Of(input.DType.Min())) };
    }

    public QatValue SumPool(QatValue x, PoolGeometry geometry, AverageCount count)
    {
        var input = (QatValue.Activation)x;
        var sum = TorchPool.Sum(input.Data, geometry, input.Known.Bounds[0], _layer);
        var map = MapShape.Of(TorchShape.Of(input.Data));
        var divisors = count.Divisors(geometry, map.Height, map.Width);
        var distinct = divisors.Distinct().ToArray();
        var bound = Bounded(input.Known.Bounds[0] * geometry.LargestWindow(map.Height, map.Width));

        // Each slice has the same windows.
        var lanes = distinct.Length == 1 ? Seq<int>.Empty : Enumerable.Repeat(divisors, map.Slices).SelectMany(static d => d).Select(d => Array.IndexOf(distinct, d)).ToSeq();
        var quantity = new Quantity(
            distinct.Length == 1 ? LaneKind.Tensor : LaneKind.Position, distinct.Select(_ => input.Known.Scales[0]).ToSeq(), new(distinct), distinct.Select(_ => bound).ToSeq(), lanes);
        return new QatValue.Activation(sum, quantity, DType.QInt32);
    }

    public QatValue Reduce(QatValue x, Reduction reduction)
    {
        var input = (QatValue.Activation)x;
        if (!reduction.IsSum)
        {
            return input with { Data = TorchReduce.Run(input.Data, reduction, reduction.Kind, _layer) };
        }

        var count = reduction.Count(input.Data.shape.Select(static d => (int)d).ToSeq());
        var bound = Bounded(input.Known.Bounds[0] * count);
        var quantity = new Quantity(LaneKind.Tensor, new(input.Known.Scales[0]), new(reduction.Kind == ReduceKind.Mean ? (int)count : 1), new(bound), Seq<int>.Empty);
        return new QatValue.Activation(TorchReduce.Run(input.Data.to(Exact(bound)), reduction, ReduceKind.Sum, _layer), quantity, DType.QInt32);
    }

    public QatValue Concat(QatValue[] parts, QatValue rescale, int axis)
    {
        var (inputs, source) = (parts.Cast<QatValue.Activation>().ToArray(), (QatValue.RescaleSource)rescale);
        var quantizer = source.Quantizer!;
        if (quantizer.ObservesIn(state))
        {
            if (quantizer.NeedsData)
            {
                using var reals = cat([.. inputs.Select(p => RangeLoop.Reals([p], source.Role.Range).flatten())]);
                quantizer.Observe(reals);
            }
            else
            {
                var ranges = inputs.Select(p => RangeLoop.Run([p], source.Role.Range)).ToArray();
                quantizer.Observe(ranges.Min(static r => r.Min), ranges.Max(static r => r.Max));
            }
        }

        var (scale, rounding) = (quantizer.CalibratedScale, quantizer.Rounding(inputs.Sum(static p => p.Data.numel())));
        source.Latest = RescaleConstant.CreateConcat([.. inputs.Select(static p => p.Known)], scale, quantizer.Range, _layer);
        return Quantized(TorchShape.Joined([.. inputs.Select(p => Rescaled(p, scale, source.Role.Range, quantizer.Range, rounding))], axis), scale, quantizer.DType);
    }

    public QatValue Reshape(QatValue x, int[] shape) => (QatValue.Activation)x with { Data = TorchShape.Reshape(((QatValue.Activation)x).Data, shape) };

    public QatValue Move(QatValue x, Movement movement) => Moved((QatValue.Activation)x, movement, 0);

    public QatValue Move(QatValue x, QatValue fill, Movement movement)
    {
        var (input, source) = ((QatValue.Activation)x, (QatValue.FillSource)fill);
        source.Latest = new(Quantization.Quantize(source.Value, input.Known.Scales[0], input.DType));
        return Moved(input, movement, source.Latest.Value);
    }

    private QatValue.Activation Moved(QatValue.Activation x, Movement movement, int fill)
    {
        var data = TorchMove.Run(x.Data, movement, fill, _layer);
        return x with { Data = data, Quantity = x.Known.Lanes == LaneKind.Channel ? MovedLanes(x, movement) : x.Quantity };
    }

    /// <summary>What is known of the channels of accumulators, where the movement puts them.</summary>
    private Quantity MovedLanes(QatValue.Activation x, Movement movement)
    {
        var (known, shape) = (x.Known, TorchShape.Of(x.Data));
        var (plan, perChannel) = (movement.For(shape), shape.Skip(2).Aggregate(1, static (n, d) => n * d));
        int[] Channels(IEnumerable<int> elements) => [.. elements.Select(e => Math.Max(0, e) / perChannel)];
        var isAlongChannels = plan.Offsets.Skip(1).All(o => Channels(o).All(c => known.Scales[c] == known.Scales[0] && known.Bounds[c] == known.Bounds[0]));
        return isAlongChannels ? known.Picked(Channels(plan.Offsets[0])) : known.Picked(Channels(plan.Elements())) with { Lanes = LaneKind.Element };
    }

    public QatValue Lut(QatValue x, QatValue table)
    {
        var (input, source) = ((QatValue.Activation)x, (TableSource)table);
        if (source.Quantizer.ObservesIn(state))
        {
            source.Observe(RawTensor.Contiguous(input.Data.detach()), input.Known, input.DType);
        }

        var type = source.Quantizer.DType;
        return new QatValue.Activation(LookupFunction.Run(input.Data, source.Lookup(input.Known, input.DType), source.Quantizer.Rounding(input.Data.numel())), Quantity.Of(source.Quantizer.CalibratedScale, type), type);
    }

    /// <summary>A high-precision output: the accumulator itself, clamped at each channel's own limits.</summary>
    private static QatValue.Activation PassThrough(QatValue.Activation sum, QatValue.RescaleSource source)
    {
        source.Latest = RescaleConstant.PassThrough(sum.Known, source.Role.Range);
        if (source.Role.Range == ClampRange.None)
        {
            return sum;
        }

        long[] shape = [1, sum.Known.Count, .. sum.Data.shape.Skip(2).Select(static _ => 1L)];
        var low = tensor(source.Latest.Lows.Select(static v => (double)v).ToArray()).reshape(shape).to(sum.Data.dtype);
        var high = tensor(source.Latest.Highs.Select(static v => (double)v).ToArray()).reshape(shape).to(sum.Data.dtype);
        return sum with { Data = sum.Data.clamp(low, high) };
    }

    /// <summary>A bound of sums that int32 holds.</summary>
    private long Bounded(long bound) => bound <= int.MaxValue ? bound : throw QatGenException.Of(QuantizationRules.Overflow, _layer, "0", $"{bound}");

    /// <summary>The type that holds integers up to a bound.</summary>
    private static ScalarType Exact(long bound) => bound < TorchConv.Float32Bound ? ScalarType.Float32 : ScalarType.Float64;

    private static QatValue.Activation Quantized(Tensor data, double scale, DType type) => new(data, Quantity.Of(scale, type), type);

    /// <summary>The real multipliers in the constant's order: the gradients.</summary>
    private static double[] Real(RescaleConstant constant, QatValue.Activation[] terms, double scale) =>
        [.. Enumerable.Range(0, constant.LaneCount).SelectMany(lane => terms.Select(t => t.Known.Multiplier(t.Known.LaneFor(lane), scale)))];
}
