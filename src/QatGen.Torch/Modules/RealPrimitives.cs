using QatGen.Primitives;
using QatGen.Torch.Functions;
using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>The program in reals: the states FLOAT, and CALIBRATION, which observes every output that has a quantizer.</summary>
internal sealed class RealPrimitives(bool observe) : IPrimitives<QatValue>
{
    private string _layer = "";

    public void Layer(string path) => _layer = path;

    public QatValue Conv(QatValue x, QatValue weight, QatValue bias, ConvGeometry g)
    {
        var (w, b) = ((QatValue.WeightSource)weight, (QatValue.BiasSource)bias);
        var isLive = w.Norm?.IsLive(observe ? FakeQuantState.Calibration : FakeQuantState.Float) == true;
        var (weights, biases) = isLive ? (w.Parameter, b.Parameter) : (w.Weight, b.Bias);
        var arranged = w.Arrangement is { } arrangement ? (arrangement.Weights(weights), arrangement.Biases(biases)) : (weights, biases);
        var sum = TorchConv.Run(Data(x), arranged.Item1, g, arranged.Item2, _layer);
        return Real(isLive ? WeightArrangement.OnChannels(w.Arrangement, sum, w.Norm!.Normalize) : sum);
    }

    public QatValue Rescale(QatValue[] terms, QatValue rescale)
    {
        var source = (QatValue.RescaleSource)rescale;
        TorchShape.RequireBroadcast([.. terms.Select(Data)], _layer);
        var sum = terms.Select((t, i) => Times(Data(t), source.Role.Factor(i))).Aggregate(static (s, t) => s + t);
        return Observed(Limited(sum, source.Role.Range), source);
    }

    public QatValue Constant(QatValue tensor) => tensor switch
    {
        QatValue.IndexSource index => index.Positions(isReal: true),
        QatValue.TensorSource source => Real(source.Value),
        QatValue.IntegersSource { Constant: var own } => Real(TorchShape.Integers(own) * Kept.Of(own.Scale)),
        _ => Real(TorchSharp.torch.tensor((float)((QatValue.NumberSource)tensor).Role.Value).reshape(1)) with { IsNumber = true },
    };

    public QatValue Mul(QatValue x, QatValue y)
    {
        TorchShape.RequireBroadcast([Data(x), Data(y)], _layer);
        return Real(Data(x) * Data(y));
    }

    public QatValue MatMul(QatValue x, QatValue y)
    {
        TorchShape.RequireMatrices(Data(x), Data(y), _layer);
        return Real(Data(x).matmul(Data(y)));
    }

    public QatValue Elementwise(ElementwiseKind kind, QatValue[] operands, QatValue constant)
    {
        var data = operands.Select(Data).ToArray();
        TorchShape.RequireBroadcast(data, _layer);
        if (kind.IsComparison())
        {
            return new QatValue.Activation(TorchShape.Compare(kind, data[0], data[1]).to(ScalarType.Float32), null) { FloatType = ScalarType.Bool };
        }

        if (kind.IsRounding())
        {
            return Real(TorchShape.Rounded(kind, data[0]));
        }

        var source = (QatValue.RescaleSource)constant;
        if (observe && source.Role.ScaleOf >= 0 && operands.ToList().FindIndex(static o => o is QatValue.Activation { IsNumber: true }) is >= 0 and var number)
        {
            // Beside a tensor whose scale the result keeps a number saturates, so that no later range is infinite.
            var largest = data[^1].detach().abs().max();
            data[number] = minimum(maximum(data[number], -largest), largest);
        }

        var (a, b) = (Times(data[^2], source.Role.Factor(0)), Times(data[^1], source.Role.Factor(1)));
        return Observed(kind switch { ElementwiseKind.Maximum => maximum(a, b), ElementwiseKind.Minimum => minimum(a, b), _ => where(data[0].ne(Kept.Of(0)), a, b) }, source);
    }

    public QatValue Clamp(QatValue x, QatValue limits) => Real(Limited(Data(x), ((QatValue.ClampSource)limits).Range));

    public QatValue MaxPool(QatValue x, PoolGeometry geometry) => Real(TorchPool.Max(Data(x), geometry, _layer));

    public QatValue SumPool(QatValue x, PoolGeometry geometry, AverageCount count) => Real(TorchPool.Average(Data(x), geometry, count, _layer));

    public QatValue Reduce(QatValue x, Reduction reduction) => Real(TorchReduce.Run(Data(x), reduction, reduction.Kind, _layer));

    public QatValue Concat(QatValue[] parts, QatValue rescale, int axis) => Observed(TorchShape.Joined([.. parts.Select(Data)], axis), (QatValue.RescaleSource)rescale);

    public QatValue Reshape(QatValue x, int[] shape) => Like(x, TorchShape.Reshape(Data(x), shape));

    public QatValue Move(QatValue x, Movement movement) => Like(x, TorchMove.Run(Data(x), movement, 0, _layer));

    public QatValue Move(QatValue x, QatValue fill, Movement movement) => Like(x, TorchMove.Run(Data(x), movement, ((QatValue.FillSource)fill).Value, _layer));

    public QatValue GridSample(QatValue x, QatValue grid, QatValue constant, GridMode mode) => Real(TorchGrid.Real(Data(x), Data(grid), mode, _layer));

    public QatValue Resize(QatValue x, ResizeGeometry geometry) => Real(TorchResize.Real(Data(x), geometry, _layer));

    public QatValue TopK(QatValue x, Ranking ranking) => new QatValue.Activation(TorchIndex.TopK(Data(x), ranking, _layer), null) { FloatType = ScalarType.Int64 };

    public QatValue Gather(QatValue data, QatValue index, Gathering gathering) => Like(data, TorchIndex.Gather(Data(data), Data(index), gathering, _layer));

    public QatValue Lut(QatValue x, QatValue table)
    {
        var (data, source) = (Data(x), (TableSource)table);
        var result = RealTableFunction.Run(data, source.Function);
        if (!observe)
        {
            return Real(result);
        }

        using var grad = no_grad();

        // What saturates in integers does so here, so that no later range is infinite.
        var (low, high) = source.Observe(RawTensor.Contiguous(data));
        return Real(result.clamp(Kept.Of(low), Kept.Of(high)));
    }

    private QatValue Observed(Tensor result, QatValue.RescaleSource source)
    {
        if (observe && source.Quantizer is { } quantizer)
        {
            quantizer.Observe(result.detach());
        }

        return Real(result);
    }

    private static Tensor Times(Tensor x, double factor) => factor == 1 ? x : x * Kept.Of(factor);

    private static Tensor Limited(Tensor x, Arithmetic.ClampRange range)
    {
        var above = double.IsNegativeInfinity(range.Low) ? x : x.clamp_min(Kept.Of(range.Low));
        return double.IsPositiveInfinity(range.High) ? above : above.clamp_max(Kept.Of(range.High));
    }

    private static QatValue.Activation Real(Tensor data) => new(data, null);

    /// <summary>Other reals of the same kind.</summary>
    private static QatValue.Activation Like(QatValue value, Tensor data) => (QatValue.Activation)value with { Data = data };

    private static Tensor Data(QatValue value) => ((QatValue.Activation)value).Data;
}
