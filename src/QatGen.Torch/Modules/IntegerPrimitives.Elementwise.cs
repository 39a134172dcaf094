using QatGen.Arithmetic;
using QatGen.Operators;
using QatGen.Primitives;
using QatGen.Torch.Functions;
using QatGen.Torch.Quantizers;
using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>Constant tensors and what works element by element.</summary>
internal sealed partial class IntegerPrimitives
{
    private readonly HashSet<TensorQuantizer> _fresh = [];

    /// <summary>A number stays one until it meets a tensor, whose scale it takes.</summary>
    public QatValue Constant(QatValue tensor)
    {
        if (tensor is QatValue.IntegersSource { Constant: var own })
        {
            var bound = own.Values.Max(static v => Math.Abs((long)v));
            return new QatValue.Activation(TorchShape.Integers(own), new(LaneKind.Tensor, new(own.Scale), new(1), new(bound), Seq<int>.Empty), own.DType);
        }

        if (tensor is not QatValue.TensorSource source)
        {
            return tensor is QatValue.IndexSource index ? index.Positions(isReal: false) : tensor;
        }

        // As for weights: the first pass after entering VALIDATION freezes the scale.
        if (state == FakeQuantState.Qat || !_fresh.Contains(source.Quantizer))
        {
            source.Quantizer.Refresh(source.Value);
            _fresh.Add(source.Quantizer);
        }

        return new QatValue.Activation(source.Quantizer.Quantize(source.Value), Quantity.Of(source.Quantizer.Scale, source.Quantizer.DType), source.Quantizer.DType);
    }

    public QatValue Mul(QatValue x, QatValue y)
    {
        var (a, b) = ((QatValue.Activation)x, (QatValue.Activation)y);
        TorchShape.RequireBroadcast([a.Data, b.Data], _layer);
        var bound = a.Known.Bounds[0] * b.Known.Bounds[0];
        var type = bound < TorchConv.Float32Bound ? ScalarType.Float32 : ScalarType.Float64;
        var quantity = new Quantity(LaneKind.Tensor, new(a.Known.Scales[0] * b.Known.Scales[0]), new(1), new(bound), Seq<int>.Empty);
        return new QatValue.Activation(a.Data.to(type) * b.Data.to(type), quantity, DType.QInt32);
    }

    public QatValue MatMul(QatValue x, QatValue y)
    {
        var (a, b) = ((QatValue.Activation)x, (QatValue.Activation)y);
        TorchShape.RequireMatrices(a.Data, b.Data, _layer);
        var bound = a.Known.Bounds[0] * b.Known.Bounds[0] * a.Data.shape[^1];

        // Two sides of qint16 are refused by every march, which says more than that their sums could overflow.
        bound = a.DType == DType.QInt16 && b.DType == DType.QInt16 ? bound : Bounded(bound);
        var quantity = new Quantity(LaneKind.Tensor, new(a.Known.Scales[0] * b.Known.Scales[0]), new(1), new(bound), Seq<int>.Empty);
        return new QatValue.Activation(a.Data.to(Exact(bound)).matmul(b.Data.to(Exact(bound))), quantity, DType.QInt32);
    }

    public QatValue Elementwise(ElementwiseKind kind, QatValue[] operands, QatValue constant)
    {
        if (constant is QatValue.CompareSource compare)
        {
            return Compare(kind, operands, compare);
        }

        if (constant is QatValue.ScaleSource own)
        {
            return Rounded(kind, (QatValue.Activation)operands[0], own);
        }

        var (source, first) = ((QatValue.RescaleSource)constant, kind.FirstRescaled());
        var like = (QatValue.Activation)operands[Math.Max(first + source.Role.ScaleOf, operands.ToList().FindIndex(first, static o => o is QatValue.Activation))];
        var parts = Factored(Resolved(operands[first..], like), source.Role);
        var condition = first > 0 ? ((QatValue.Activation)operands[0]).Data.ne(Kept.Of(0)) : null;
        TorchShape.RequireBroadcast([.. condition is null ? [] : new[] { condition }, .. parts.Select(static p => p.Data)], _layer);
        Tensor Chosen(Tensor a, Tensor b) => kind switch { ElementwiseKind.Maximum => maximum(a, b), ElementwiseKind.Minimum => minimum(a, b), _ => where(condition!, a, b) };
        if (source.Quantizer is { } quantizer && quantizer.ObservesIn(state) && source.Role.ScaleOf < 0)
        {
            using var grad = no_grad();
            var reals = parts.Select(static p => p.Data.detach().to(ScalarType.Float64) * Kept.Of(p.Known.Step(0))).ToArray();
            quantizer.Observe(Chosen(reals[0], reals[1]).to(ScalarType.Float32));
        }

        var (scale, terms) = source.Role.ScaleOf < 0 ? (source.Quantizer!.CalibratedScale, parts) : KeptScale(parts, source.Role);
        QuantRange range = source.Role.ScaleOf < 0 ? source.Quantizer!.Range : parts[source.Role.ScaleOf].DType;
        var rounding = source.Role.ScaleOf < 0 ? source.Quantizer!.Rounding(parts.Max(static p => p.Data.numel())) : null;
        source.Latest = RescaleConstant.CreateConcat([.. terms.Select(static p => p.Known)], scale, range, _layer);
        var rescaled = terms.Select(p => Rescaled(p, scale, source.Role.Range, range, rounding)).ToArray();
        return Quantized(Chosen(rescaled[0], rescaled[1]), scale, range.Type);
    }

    /// <summary>One part by itself, as in its lane.</summary>
    private Tensor Rescaled(QatValue.Activation part, float scale, ClampRange range, QuantRange integers, Rounding? rounding)
    {
        var one = RescaleConstant.Create([part.Known], scale, range, integers, _layer);
        return RescaleFunction.Run(one, Real(one, [part], scale), [part.Data], rounding);
    }

    /// <summary>Both sides are exact in float64: 16 bits times a mantissa of 24, and a power of two.</summary>
    private QatValue.Activation Compare(ElementwiseKind kind, QatValue[] operands, QatValue.CompareSource source)
    {
        var sides = Resolved(operands, operands.OfType<QatValue.Activation>().First());
        TorchShape.RequireBroadcast([.. sides.Select(static s => s.Data)], _layer);
        var c = source.Latest = CompareConstant.Create(sides[0].Known.Scales[0], sides[1].Known.Scales[0]);
        var x = sides[0].Data.detach().to(ScalarType.Float64) * Kept.Of(Math.ScaleB(c.MultiplierX, c.ShiftX));
        var y = sides[1].Data.detach().to(ScalarType.Float64) * Kept.Of(Math.ScaleB(c.MultiplierY, c.ShiftY));
        return new(TorchShape.Compare(kind, x, y).to(ScalarType.Float32), new(LaneKind.Tensor, new(1.0), new(1), new(1L), Seq<int>.Empty)) { FloatType = ScalarType.Bool };
    }

    /// <summary>Exact in float64: 16 bits times a mantissa of 24. There is no gradient, as in the float model.</summary>
    private QatValue.Activation Rounded(ElementwiseKind kind, QatValue.Activation x, QatValue.ScaleSource source)
    {
        var scale = x.Known.Scales[0];
        var (reach, limit) = (x.Known.Bounds[0] * scale, ScaleConstant.LargestValue(x.DType));
        if (reach > limit)
        {
            throw QatGenException.Of(QuantizationRules.TooLargeToRound, _layer, $"{reach:g6}", $"{limit:g}");
        }

        var c = source.Latest = ScaleConstant.Create(scale);
        var whole = TorchShape.Rounded(kind, x.Data.to(ScalarType.Float64) * Kept.Of(Math.ScaleB(c.Multiplier, -c.Shift)));
        return new(whole, new(LaneKind.Tensor, new(1.0), new(1), new((long)Math.Ceiling(reach)), Seq<int>.Empty), DType.QInt32);
    }

    /// <summary>A result that takes over the scale of a term: that term's integers move, or change sign, but are not rounded.</summary>
    private QatValue.Activation Scaled(QatValue.Activation[] inputs, QatValue.RescaleSource source)
    {
        var (scale, terms) = KeptScale(inputs, source.Role);
        terms = TorchShape.Broadcast(terms, _layer);
        var type = terms[source.Role.ScaleOf].Weighted ?? terms[source.Role.ScaleOf].DType;
        source.Latest = RescaleConstant.Create([.. terms.Select(static t => t.Known)], scale, source.Role.Range, type, _layer);
        return Quantized(RescaleFunction.Run(source.Latest, Real(source.Latest, terms, scale), [.. terms.Select(static t => t.Data)]), scale, type);
    }

    private (float Scale, QatValue.Activation[] Terms) KeptScale(QatValue.Activation[] terms, ConstantRole role)
    {
        var (at, kept) = (role.ScaleOf, terms[role.ScaleOf].Known);
        var factor = role.Factor(at);
        var scale = (float)(factor == 0 ? kept.Scales[0] : Math.Abs(kept.Scales[0]));
        if (!float.IsNormal(scale))
        {
            throw QatGenException.Of(QuantizationRules.NoShift, _layer, $"{scale}");
        }

        return (scale, [.. terms.Select((t, i) => i != at ? t : t with { Quantity = kept with { Scales = new(Math.Sign(factor) * (double)scale) } })]);
    }

    private static QatValue.Activation[] Factored(QatValue.Activation[] terms, ConstantRole role) =>
        [.. terms.Select((t, i) => role.Factor(i) is var factor && (factor == 1 || (factor == 0 && i == role.ScaleOf)) ? t : t with { Quantity = t.Known.Times(factor) })];

    /// <summary>Operands with numbers as integers: at the scale of <paramref name="like"/>, or as signs at their own.</summary>
    private static QatValue.Activation[] Resolved(IEnumerable<QatValue> operands, QatValue.Activation like) => [.. operands.Select(o => o is QatValue.NumberSource number ? Number(number, like) : (QatValue.Activation)o)];

    private static QatValue.Activation Number(QatValue.NumberSource source, QatValue.Activation like)
    {
        var (role, scale) = (source.Role, like.Known.Scales[0]);
        var type = role.DType == DType.QInt32 ? DType.QInt32 : like.DType;
        source.Latest = role.Kind == ConstantKind.Number
            ? TensorConstant.Scalar(Quantization.Quantize(role.Value, scale, type), type, scale)
            : TensorConstant.Scalar(Math.Sign(role.Value), DType.QInt8, role.Value == 0 ? 1 : (float)Math.Abs(role.Value));
        var quantity = new Quantity(LaneKind.Tensor, new(source.Latest.Scale), new(1), new(Math.Abs((long)source.Latest.Values[0])), Seq<int>.Empty);
        return new(tensor((double)source.Latest.Values[0], like.Data.dtype).reshape(1), quantity, source.Latest.DType);
    }
}
