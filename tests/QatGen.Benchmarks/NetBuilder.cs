using QatGen.Arithmetic;
using QatGen.Kernels;
using QatGen.Primitives;

namespace QatGen.Benchmarks;

/// <summary>Builds programs of fused convolutions with random weights, and counts their multiplications.</summary>
internal sealed class NetBuilder(int channels, int height, int width)
{
    private readonly Random _random = new(1);
    private readonly List<Constant> _constants = [];
    private readonly List<IntNode> _nodes = [];
    private readonly List<Fact> _facts = [Fact.Of(new(1, channels, height, width), DType.QInt8)];

    /// <summary>Multiply-accumulates per frame.</summary>
    public long Products { get; private set; }

    public int Last => _nodes.Count;

    /// <summary>A square convolution that keeps the map size (over the stride), rescaled to qint8 with ReLU, added to <paramref name="residual"/> if there is one.</summary>
    public int Conv(int x, int outputs, int kernel, int stride = 1, int groups = 1, int residual = -1)
    {
        var pad = kernel / 2;
        var geometry = new ConvGeometry(stride, stride, pad, pad, pad, pad, Groups: groups);
        var inputs = _facts[x].Shape[1] / groups;
        var weight = new WeightConstant(new(outputs, inputs, kernel, kernel), new([.. Enumerable.Range(0, outputs * inputs * kernel * kernel).Select(_ => (sbyte)_random.Next(-128, 128))]));
        _constants.AddRange(weight, new BiasConstant(new(new int[outputs])));
        var sum = Add(new IntNode.Conv(x, _constants.Count - 2, _constants.Count - 1, geometry, "conv"));
        Products += _facts[sum].Elements!.Value * inputs * kernel * kernel;
        var bounds = weight.Magnitudes().Select(static m => m * 128).ToSeq();
        var accumulator = new Quantity(LaneKind.Channel, bounds.Select(static _ => 1.0).ToSeq(), bounds.Select(static _ => 1).ToSeq(), bounds, Seq<int>.Empty);
        var scale = 64 * 64 * Math.Sqrt(inputs * kernel * kernel) / 30;
        return residual < 0 ? Rescale([sum], [accumulator], scale) : Rescale([sum, residual], [accumulator, Quantity.Of(scale, DType.QInt8)], scale);
    }

    /// <summary>Global average pooling.</summary>
    public int Average(int x)
    {
        var area = _facts[x].Shape[2] * _facts[x].Shape[3];
        var sum = Add(new IntNode.SumPool(x, PoolGeometry.Global, new(), "pool"));
        return Rescale([sum], [new(LaneKind.Tensor, new(1.0), new(area), new(128L * area), Seq<int>.Empty)], 1);
    }

    public FixedPointProgram Build()
    {
        TensorSpec Spec(string name, Fact fact) => new(name, fact.Shape, fact.DType, new(1.0));
        return new(new(new("net", March.Bayes, new(Spec("x", _facts[0])), new(Spec("y", _facts[^1]))), _constants.ToSeq(), _nodes.ToSeq(), new(Last)));
    }

    private int Rescale(int[] terms, Quantity[] quantities, double scale)
    {
        _constants.Add(RescaleConstant.Create(quantities, scale, ClampRange.Relu, DType.QInt8, "rescale"));
        return Add(new IntNode.Rescale(new(terms), _constants.Count - 1, "rescale"));
    }

    private int Add(IntNode node)
    {
        _nodes.Add(node);
        _facts.Add(node.Apply(new FactChecker(), v => _facts[v], c => Fact.Of(_constants[c])));
        return Last;
    }
}
