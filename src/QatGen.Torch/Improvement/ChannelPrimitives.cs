using QatGen.Arithmetic;
using QatGen.Primitives;
using QatGen.Torch.Modules;
using static TorchSharp.torch;

namespace QatGen.Torch.Improvement;

/// <summary>
/// The program in reals, which follows the channels of each convolution as long as every value stays proportional to one of them: through what is positively homogeneous (f(s * x) = s * f(x) for s above 0)
/// and keeps channels apart, and through movements of values.
/// </summary>
internal sealed class ChannelPrimitives(Func<QatNode> current) : IPrimitives<QatValue>
{
    private static readonly double[] Samples = [-(1 << 20), -4, -1.0 / 1024, 1.0 / 1024, 4, 1 << 20];
    private readonly IPrimitives<QatValue> _reals = new RealPrimitives(observe: false);

    /// <summary>What each convolution reads, where that is known: its node, the tags of its input and the geometry.</summary>
    public List<(QatNode Node, ChannelTags Input, long Channels, ConvGeometry Geometry)> Reads { get; } = [];

    public void Layer(string path) => _reals.Layer(path);

    public QatValue Conv(QatValue x, QatValue weight, QatValue bias, ConvGeometry geometry)
    {
        var result = (QatValue.Activation)_reals.Conv(x, weight, bias, geometry);
        if (x is QatValue.Activation { Channels: { } tags } input)
        {
            Reads.Add((current(), tags, input.Data.shape[1], geometry));
        }

        var source = (QatValue.WeightSource)weight;
        var numbers = arange(Kept.Of(1), Kept.Of(source.Parameter.shape[0] + 1), ScalarType.Float32);
        var channels = source.Arrangement?.Biases(numbers) ?? numbers;
        return result with { Channels = new(current(), OnMap(channels, result.Data)) };
    }

    public QatValue Rescale(QatValue[] terms, QatValue rescale)
    {
        var role = ((QatValue.RescaleSource)rescale).Role;
        return Same(_reals.Rescale(terms, rescale), terms.Length == 1 && role.Factor(0) > 0 && IsHomogeneous(role.Range) ? terms[0] : null);
    }

    public QatValue Clamp(QatValue x, QatValue limits) => Same(_reals.Clamp(x, limits), IsHomogeneous(((QatValue.ClampSource)limits).Range) ? x : null);

    public QatValue Lut(QatValue x, QatValue table)
    {
        var function = ((TableSource)table).Function;
        return Same(_reals.Lut(x, table), Array.TrueForAll(Samples, s => function.Value(s) == Math.Abs(s) * function.Value(Math.Sign(s))) ? x : null);
    }

    public QatValue MaxPool(QatValue x, PoolGeometry geometry) => Pooled(_reals.MaxPool(x, geometry), x);

    public QatValue SumPool(QatValue x, PoolGeometry geometry, AverageCount count) => Pooled(_reals.SumPool(x, geometry, count), x);

    public QatValue Resize(QatValue x, ResizeGeometry geometry) => Pooled(_reals.Resize(x, geometry), x);

    public QatValue Reduce(QatValue x, Reduction reduction) => Pooled(_reals.Reduce(x, reduction), x);

    public QatValue Reshape(QatValue x, int[] shape) => Moved(_reals.Reshape(x, shape), x, numbers => TorchShape.Reshape(numbers, shape));

    public QatValue Move(QatValue x, Movement movement) => Moved(_reals.Move(x, movement), x, numbers => TorchMove.Run(numbers, movement, 0, ""));

    public QatValue Move(QatValue x, QatValue fill, Movement movement) =>
        Moved(_reals.Move(x, fill, movement), ((QatValue.FillSource)fill).Value == 0 ? x : null, numbers => TorchMove.Run(numbers, movement, 0, ""));

    public QatValue Constant(QatValue tensor) => _reals.Constant(tensor);

    public QatValue Mul(QatValue x, QatValue y) => _reals.Mul(x, y);

    public QatValue MatMul(QatValue x, QatValue y) => _reals.MatMul(x, y);

    public QatValue Elementwise(ElementwiseKind kind, QatValue[] operands, QatValue constant) => _reals.Elementwise(kind, operands, constant);

    public QatValue Concat(QatValue[] parts, QatValue rescale, int axis) => _reals.Concat(parts, rescale, axis);

    public QatValue GridSample(QatValue x, QatValue grid, QatValue constant, GridMode mode) => _reals.GridSample(x, grid, constant, mode);

    public QatValue TopK(QatValue x, Ranking ranking) => _reals.TopK(x, ranking);

    public QatValue Gather(QatValue data, QatValue index, Gathering gathering) => (QatValue.Activation)_reals.Gather(data, index, gathering) with { Channels = null };

    private static Tensor OnMap(Tensor channels, Tensor like) => channels.reshape([1, -1, .. like.shape.Skip(2).Select(static _ => 1L)]).expand([1, .. like.shape[1..]]);

    private static bool IsHomogeneous(ClampRange range) => range.Low is 0 or double.NegativeInfinity && range.High is 0 or double.PositiveInfinity;

    private static QatValue.Activation Same(QatValue result, QatValue? x) => (QatValue.Activation)result with { Channels = (x as QatValue.Activation)?.Channels };

    /// <summary>Each value is made of values of one channel, which stays where it is.</summary>
    private static QatValue.Activation Pooled(QatValue result, QatValue x)
    {
        var (after, before) = ((QatValue.Activation)result, (QatValue.Activation)x);
        var channels = after.Data.shape.Length > 1 && after.Data.shape[1] == before.Data.shape[1] ? before.Channels?.PerChannel() : null;
        return after with { Channels = channels is null ? null : before.Channels! with { Numbers = OnMap(channels, after.Data) } };
    }

    private static QatValue.Activation Moved(QatValue result, QatValue? x, Func<Tensor, Tensor> move) =>
        (QatValue.Activation)result with { Channels = x is QatValue.Activation { Channels: { } tags } ? tags with { Numbers = move(tags.Numbers) } : null };
}
