using QatGen.Arithmetic;
using QatGen.Primitives;

namespace QatGen.Kernels.Tests;

/// <summary>A value of a program under construction: number, shape and type for batch 1, and what its integers stand for.</summary>
internal sealed record Built(int Id, Fact Fact, Quantity Quantity)
{
    public Seq<int> Shape => Fact.Shape;
}

/// <summary>Builds integer programs whose constants hold their promises: bounds are proven as conversion proves them.</summary>
internal sealed class ProgramBuilder(params (int[] Frame, DType Type)[] inputs)
{
    private readonly List<Constant> _constants = [];
    private readonly List<IntNode> _nodes = [];
    private readonly FactChecker _checker = new();

    public Built[] Inputs { get; } = [.. inputs.Select(static (input, i) => new Built(i, Fact.Of(new([1, .. input.Frame]), input.Type), Quantity.Of(1, input.Type)))];

    public Built Conv(Built x, WeightConstant weight, BiasConstant bias, double[] weightScales, ConvGeometry geometry)
    {
        var bounds = weight.Magnitudes().Select((m, o) => (m * x.Quantity.Bounds[0]) + Math.Abs((long)bias.Values[o]));
        var scales = weightScales.Select(s => x.Quantity.Scales[0] * s).ToSeq();
        var node = new IntNode.Conv(x.Id, Constant(weight), Constant(bias), geometry, Layer("conv"));
        return Add(node, _checker.Conv(x.Fact, Fact.Of(weight), Fact.Of(bias), geometry), new(LaneKind.Channel, scales, scales.Select(static _ => 1).ToSeq(), bounds.ToSeq(), Seq<int>.Empty));
    }

    public Built Rescale(Built[] terms, double scale, ClampRange range, DType type = DType.QInt8) =>
        Rescale(terms, RescaleConstant.Create([.. terms.Select(static t => t.Quantity)], scale, range, type, Layer("rescale")), Quantity.Of(scale, type));

    public Built PassThrough(Built sum, ClampRange range) => Rescale([sum], RescaleConstant.PassThrough(sum.Quantity, range), sum.Quantity);

    public Built Clamp(Built x, int low, int high) => Add(new IntNode.Clamp(x.Id, Constant(new ClampConstant(low, high)), Layer("clamp")), x.Fact, x.Quantity);

    public Built MaxPool(Built x, PoolGeometry geometry) => Add(new IntNode.MaxPool(x.Id, geometry, Layer("maxpool")), _checker.MaxPool(x.Fact, geometry), x.Quantity);

    public Built SumPool(Built x, PoolGeometry geometry, AverageCount count)
    {
        var map = MapShape.Of(x.Shape);
        var divisors = count.Divisors(geometry, map.Height, map.Width);
        var distinct = divisors.Distinct().ToArray();
        var bound = x.Quantity.Bounds[0] * geometry.LargestWindow(map.Height, map.Width);
        var lanes = distinct.Length == 1 ? Seq<int>.Empty : Enumerable.Repeat(divisors, map.Slices).SelectMany(static d => d).Select(d => Array.IndexOf(distinct, d)).ToSeq();
        var quantity = new Quantity(
            distinct.Length == 1 ? LaneKind.Tensor : LaneKind.Position, distinct.Select(_ => x.Quantity.Scales[0]).ToSeq(), new(distinct), distinct.Select(_ => bound).ToSeq(), lanes);
        return Add(new IntNode.SumPool(x.Id, geometry, count, Layer("sumpool")), _checker.SumPool(x.Fact, geometry, count), quantity);
    }

    public Built Reduce(Built x, Reduction reduction)
    {
        var (count, kept) = ((int)reduction.Count(x.Shape), x.Quantity);
        var quantity = reduction.IsSum ? kept with { Bounds = new(kept.Bounds[0] * count), Divisors = new(reduction.Kind == ReduceKind.Mean ? count : 1) } : kept;
        return Add(new IntNode.Reduce(x.Id, reduction, Layer("reduce")), _checker.Reduce(x.Fact, reduction), quantity);
    }

    public Built Literal(Seq<int> shape, DType type, Seq<int> values)
    {
        var constant = new TensorConstant(shape, type, values, 1);
        return Add(new IntNode.Literal(Constant(constant), Layer("constant")), _checker.Constant(Fact.Of(constant)), Quantity.Of(1, type));
    }

    public Built Mul(Built x, Built y)
    {
        var quantity = new Quantity(LaneKind.Tensor, new(x.Quantity.Scales[0] * y.Quantity.Scales[0]), new(1), new(x.Quantity.Bounds[0] * y.Quantity.Bounds[0]), Seq<int>.Empty);
        return Add(new IntNode.Mul(x.Id, y.Id, Layer("mul")), _checker.Mul(x.Fact, y.Fact), quantity);
    }

    public Built MatMul(Built x, Built y)
    {
        var bound = x.Quantity.Bounds[0] * y.Quantity.Bounds[0] * x.Shape[x.Shape.Count - 1];
        var quantity = new Quantity(LaneKind.Tensor, new(x.Quantity.Scales[0] * y.Quantity.Scales[0]), new(1), new(bound), Seq<int>.Empty);
        return Add(new IntNode.MatMul(x.Id, y.Id, Layer("matmul")), _checker.MatMul(x.Fact, y.Fact), quantity);
    }

    public Built Choose(ElementwiseKind kind, Built[] operands, double scale, DType type)
    {
        var constant = RescaleConstant.CreateConcat([.. operands.Skip(kind.FirstRescaled()).Select(static o => o.Quantity)], scale, type, Layer("choice"));
        return Add(new IntNode.Elementwise(kind, Ids(operands), Constant(constant), Layer("choice")), _checker.Elementwise(kind, [.. operands.Select(static o => o.Fact)], Fact.Of(constant)), Quantity.Of(scale, type));
    }

    public Built Round(ElementwiseKind kind, Built x, double scale)
    {
        var (constant, bound) = (ScaleConstant.Create(scale), (long)(x.Quantity.Bounds[0] * scale) + 1);
        return Add(new IntNode.Elementwise(kind, Ids([x]), Constant(constant), Layer("round")), _checker.Elementwise(kind, [x.Fact], Fact.Of(constant)), new(LaneKind.Tensor, new(1.0), new(1), new(bound), Seq<int>.Empty));
    }

    public Built Compare(ElementwiseKind kind, Built x, Built y)
    {
        var constant = CompareConstant.Create(x.Quantity.Scales[0], y.Quantity.Scales[0]);
        var fact = _checker.Elementwise(kind, [x.Fact, y.Fact], Fact.Of(constant));
        return Add(new IntNode.Elementwise(kind, Ids([x, y]), Constant(constant), Layer("compare")), fact, new(LaneKind.Tensor, new(1.0), new(1), new(1L), Seq<int>.Empty));
    }

    public Built Concat(Built[] parts, double scale, int axis, DType type = DType.QInt8)
    {
        var constant = RescaleConstant.CreateConcat([.. parts.Select(static p => p.Quantity)], scale, type, Layer("concat"));
        var fact = _checker.Concat([.. parts.Select(static p => p.Fact)], Fact.Of(constant), axis);
        return Add(new IntNode.Concat(Ids(parts), Constant(constant), axis, Layer("concat")), fact, Quantity.Of(scale, type));
    }

    public Built Reshape(Built x, params int[] shape) => Add(new IntNode.Reshape(x.Id, new(shape), Layer("reshape")), _checker.Reshape(x.Fact, shape), x.Quantity);

    public Built Move(Built x, Movement movement) => Add(new IntNode.Move(x.Id, IntNode.Move.NoFill, movement, Layer("move")), _checker.Move(x.Fact, movement), x.Quantity);

    public Built Move(Built x, int fill, Movement movement) =>
        Add(new IntNode.Move(x.Id, Constant(new FillConstant(fill)), movement, Layer("move")), _checker.Move(x.Fact, movement), x.Quantity);

    public Built Resize(Built x, ResizeGeometry geometry)
    {
        var denominator = geometry.For(x.Shape, x.Fact.DType).Denominator;
        var quantity = new Quantity(LaneKind.Tensor, x.Quantity.Scales, new(denominator), new(x.Quantity.Bounds[0] * denominator), Seq<int>.Empty);
        return Add(new IntNode.Resize(x.Id, geometry, Layer("resize")), _checker.Resize(x.Fact, geometry), quantity);
    }

    public Built GridSample(Built x, Built grid, double scale, GridMode mode)
    {
        var constant = GridConstant.Create(scale, grid.Fact.DType, x.Fact.DType, x.Shape[2], x.Shape[3], mode, Layer("sample"));
        var denominator = mode.IsNearest ? 1 : 1 << (2 * constant.Bits);
        var quantity = new Quantity(LaneKind.Tensor, x.Quantity.Scales, new(denominator), new(x.Quantity.Bounds[0] * denominator), Seq<int>.Empty);
        return Add(new IntNode.GridSample(x.Id, grid.Id, Constant(constant), mode, Layer("sample")), _checker.GridSample(x.Fact, grid.Fact, Fact.Of(constant), mode), quantity);
    }

    public Built Lut(Built x, TableFunction function, double scale, DType type = DType.QInt8, TableSplit split = TableSplit.Automatic)
    {
        var table = TableBuilder.Build(TableBuilder.Reals(function, x.Quantity.Scales[0], x.Fact.DType), scale, type, split, ClampRange.None).Constant;
        return Add(new IntNode.Lut(x.Id, Constant(table), Layer("lut")), _checker.Lut(x.Fact, Fact.Of(table)), Quantity.Of(scale, type));
    }

    public Built TopK(Built x, Ranking ranking) => Add(new IntNode.TopK(x.Id, ranking, Layer("rank")), _checker.TopK(x.Fact, ranking), Quantity.Of(1, DType.QInt32));

    public Built Gather(Built data, Built index, Gathering gathering) =>
        Add(new IntNode.Gather(data.Id, index.Id, gathering, Layer("gather")), _checker.Gather(data.Fact, index.Fact, gathering), data.Quantity);

    public FixedPointProgram Build(params Built[] outputs)
    {
        _checker.ThrowIfBroken();
        var signature = new Signature("Built", March.Bayes, Inputs.Select((v, i) => Spec($"x{i}", v)).ToSeq(), outputs.Select((v, i) => Spec($"y{i}", v)).ToSeq());
        var graph = new IntGraph(signature, _constants.ToSeq(), _nodes.ToSeq(), outputs.Select(static o => o.Id).ToSeq());
        graph.Verify();
        return new(graph);
    }

    private static TensorSpec Spec(string name, Built value) => new(name, value.Shape, value.Fact.DType, value.Quantity.Scales);

    private static Seq<int> Ids(Built[] values) => values.Select(static v => v.Id).ToSeq();

    private Built Rescale(Built[] terms, RescaleConstant constant, Quantity quantity) =>
        Add(new IntNode.Rescale(Ids(terms), Constant(constant), Layer("rescale")), _checker.Rescale([.. terms.Select(static t => t.Fact)], Fact.Of(constant)), quantity);

    private string Layer(string kind) => $"{kind}{_nodes.Count}";

    private int Constant(Constant constant)
    {
        _constants.Add(constant);
        return _constants.Count - 1;
    }

    private Built Add(IntNode node, Fact fact, Quantity quantity)
    {
        _nodes.Add(node);
        return new(inputs.Length + _nodes.Count - 1, fact, quantity);
    }
}
