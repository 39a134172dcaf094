using QatGen.Arithmetic;
using QatGen.Primitives;

namespace QatGen.Bpu.Tests;

/// <summary>Writes valid integer programs with random constants: each method adds a layer and returns the number of its result. Shapes are those of one frame batch of 1.</summary>
internal sealed class ProgramBuilder(Random random, March march, params int[][] inputs)
{
    private readonly List<IntNode> _nodes = [];
    private readonly List<Constant> _constants = [];
    private readonly List<Quantity> _quantities = [.. inputs.Select(_ => Quantity.Of(Scale(random), DType.QInt8))];
    private string _layer = "";
    private int _layers;

    /// <summary>Constants at the ends of their ranges.</summary>
    public bool Extreme { get; init; }

    /// <summary>Whether some results are int16.</summary>
    public bool IsMixed { get; init; }

    public DType InputType
    {
        get;
        init
        {
            field = value;
            _quantities.Clear();
            _quantities.AddRange(inputs.Select(_ => Quantity.Of(Scale(random), value)));
        }
    }

    public int Count => _quantities.Count;

    /// <summary>Shape of a value for a batch of 1.</summary>
    public int[] Shape(int value) => [.. Facts[value].Shape];

    public DType Type(int value) => Facts[value].DType;

    public bool IsConstant(int value) => Facts[value].IsConstant;

    private Fact[] Facts => new IntGraph(Signature([]), _constants.ToSeq(), _nodes.ToSeq(), Seq<int>.Empty).Facts(1);

    public IntGraph Finish(params int[] outputs)
    {
        var graph = new IntGraph(Signature(outputs), _constants.ToSeq(), _nodes.ToSeq(), new(outputs));
        graph.Verify();
        return graph;
    }

    public int Conv(int x, int outputs, int kernelH, int kernelW, ConvGeometry g, ClampRange? range = null, int? residual = null, bool highPrecision = false)
    {
        Begin("conv");
        var sum = Accumulate(x, outputs, kernelH, kernelW, g);
        var quantity = _quantities[sum];
        var limits = range ?? ClampRange.None;
        if (highPrecision)
        {
            return Add(new IntNode.Rescale(new(sum), Constant(RescaleConstant.PassThrough(quantity, limits)), _layer), quantity);
        }

        var target = (float)(quantity.Scales.Zip(quantity.Bounds, static (s, b) => s * b).Max() / 500);
        return Rescale(residual is { } r ? random.Next(2) == 0 ? [sum, r] : [r, sum] : [sum], target, limits);
    }

    public int Accumulate(int x, int outputs, int kernelH, int kernelW, ConvGeometry g)
    {
        var perGroup = Shape(x)[1] / g.Groups;
        var (fan, bound) = (perGroup * kernelH * kernelW, _quantities[x].Bounds[0]);
        var largest = (int)Math.Min((int.MaxValue - 5000) / (fan * bound), sbyte.MaxValue);
        var weight = new WeightConstant(new(outputs, perGroup, kernelH, kernelW), Fill(outputs * fan, () => (sbyte)Pick(largest == sbyte.MaxValue ? sbyte.MinValue : -largest, largest)));
        var bias = new BiasConstant(Fill(outputs, () => Pick(-5000, 5000)));
        var bounds = weight.Magnitudes().Zip(bias.Values, (m, b) => (m * bound) + Math.Abs((long)b)).ToSeq();

        // Sums reach a few hundred steps of the result, so that most fit and some saturate, however deep the network.
        var quantity = new Quantity(LaneKind.Channel, bounds.Select(b => Scale(random) * 500.0 / Math.Max(1, b)).ToSeq(), Fill(outputs, static () => 1), bounds, Seq<int>.Empty);
        return Add(new IntNode.Conv(x, Constant(weight), Constant(bias), g, _layer), quantity);
    }

    public int Sum(int[] terms, ClampRange range)
    {
        Begin("add");
        return Rescale(terms, (float)(terms.Max(t => _quantities[t].Scales[0]) * 1.3), range);
    }

    public int Clamp(int x)
    {
        Begin("clamp");
        return Add(new IntNode.Clamp(x, Constant(new ClampConstant(Pick(-100, 0), Pick(1, 100))), _layer), _quantities[x]);
    }

    public int MaxPool(int x, PoolGeometry g)
    {
        Begin("max");
        return Add(new IntNode.MaxPool(x, g, _layer), _quantities[x]);
    }

    public int AveragePool(int x, PoolGeometry g, AverageCount count)
    {
        Begin("average");
        var map = MapShape.Of(new(Shape(x)));
        var all = count.Divisors(g, map.Height, map.Width);
        var distinct = all.Distinct().ToArray();
        var bound = _quantities[x].Bounds[0] * g.LargestWindow(map.Height, map.Width);
        var lanes = Enumerable.Repeat(all, map.Slices).SelectMany(static d => d).Select(d => Array.IndexOf(distinct, d)).ToSeq();
        var quantity = new Quantity(LaneKind.Position, distinct.Select(_ => _quantities[x].Scales[0]).ToSeq(), new(distinct), distinct.Select(_ => bound).ToSeq(), lanes);
        var sum = Add(new IntNode.SumPool(x, g, count, _layer), quantity);
        return Rescale([sum], (float)(_quantities[x].Scales[0] * 0.7), ClampRange.None);
    }

    /// <summary>Sums are rescaled; where they could leave int32, the largest is taken.</summary>
    public int Reduce(int x, Reduction reduction)
    {
        Begin("reduce");
        var (count, kept) = (reduction.Count(new(Shape(x))), _quantities[x]);
        if (!reduction.IsSum || kept.Bounds[0] * count > int.MaxValue)
        {
            return Add(new IntNode.Reduce(x, reduction.IsSum ? reduction with { Kind = ReduceKind.Maximum } : reduction, _layer), kept);
        }

        var divisor = reduction.Kind == ReduceKind.Mean ? (int)count : 1;
        var sum = Add(new IntNode.Reduce(x, reduction, _layer), kept with { Bounds = new(kept.Bounds[0] * count), Divisors = new(divisor) });
        return Rescale([sum], (float)(kept.Scales[0] * Math.Sqrt(count) / divisor), ClampRange.None);
    }

    public int Literal(int[] shape, DType type)
    {
        Begin("constant");
        var (scale, count) = (Scale(random), shape.Aggregate(1, static (n, d) => n * d));
        return Add(new IntNode.Literal(Constant(new TensorConstant(new(shape), type, Fill(count, () => Pick(type.Min(), type.Max())), scale)), _layer), Quantity.Of(scale, type));
    }

    public int Mul(int x, int y)
    {
        Begin("mul");
        var (a, b) = (_quantities[x], _quantities[y]);
        var product = Add(new IntNode.Mul(x, y, _layer), new(LaneKind.Tensor, new(a.Scales[0] * b.Scales[0]), new(1), new(a.Bounds[0] * b.Bounds[0]), Seq<int>.Empty));
        return Rescale([product], (float)(a.Scales[0] * b.Scales[0] * Math.Max(a.Bounds[0], b.Bounds[0]) / 2), ClampRange.None);
    }

    public int MatMul(int x, int y)
    {
        Begin("matmul");
        var (a, b) = (_quantities[x], _quantities[y]);
        var bound = a.Bounds[0] * b.Bounds[0] * Shape(x)[^1];
        var product = Add(new IntNode.MatMul(x, y, _layer), new(LaneKind.Tensor, new(a.Scales[0] * b.Scales[0]), new(1), new(bound), Seq<int>.Empty));
        return Rescale([product], (float)(a.Scales[0] * b.Scales[0] * Math.Sqrt(Shape(x)[^1]) * 60), ClampRange.None);
    }

    public int Choose(ElementwiseKind kind, params int[] operands)
    {
        Begin("choice");
        var parts = operands.Skip(kind.FirstRescaled()).Select(o => _quantities[o]).ToArray();
        var (type, widest) = (ResultType(), parts.Max(static p => p.Scales[0]));
        var scale = (float)(widest * Step(type));
        return Add(new IntNode.Elementwise(kind, new(operands), Constant(RescaleConstant.CreateConcat(parts, scale, type, _layer)), _layer), Quantity.Of(scale, type));
    }

    /// <summary>Whole numbers at a scale at which there are some, rescaled.</summary>
    public int Round(ElementwiseKind kind, int x)
    {
        Begin("round");
        var scale = (float)Math.Pow(2, (random.NextDouble() * 6) - 6);
        var whole = Add(new IntNode.Elementwise(kind, new(x), Constant(ScaleConstant.Create(scale)), _layer), Quantity.Of(1, DType.QInt32) with { Bounds = new((long)(_quantities[x].Bounds[0] * scale) + 1) });
        return Rescale([whole], scale * Step(Type(x)), ClampRange.None);
    }

    public int Compare(ElementwiseKind kind, int x, int y)
    {
        Begin("compare");
        var constant = Constant(CompareConstant.Create(_quantities[x].Scales[0], _quantities[y].Scales[0]));
        return Add(new IntNode.Elementwise(kind, new(x, y), constant, _layer), new(LaneKind.Tensor, new(1.0), new(1), new(1L), Seq<int>.Empty));
    }

    public int Concat(int[] parts, int axis)
    {
        Begin("cat");
        var scale = parts.Max(p => _quantities[p].Scales[0]);
        var type = ResultType();
        var constant = RescaleConstant.CreateConcat([.. parts.Select(p => _quantities[p])], scale * Step(type), type, _layer);
        return Add(new IntNode.Concat(new(parts), Constant(constant), axis, _layer), Quantity.Of(scale * Step(type), type));
    }

    /// <summary>A wave over the range of the input.</summary>
    public int Lut(int x)
    {
        Begin("lut");
        var (type, input) = (ResultType(), _quantities[x].Scales[0]);
        var half = input * Type(x).Max() / 2;
        var (bend, scale) = (0.02 + random.NextDouble(), half / 100 * Step(type));
        var reals = TableBuilder.Reals(new("wave", v => Math.Sin(v / half / bend) * half), input, Type(x));
        return Add(new IntNode.Lut(x, Constant(TableBuilder.Build(reals, scale, type, random.Next(2) == 0 ? TableSplit.Even : TableSplit.Curvature, ClampRange.None).Constant), _layer), Quantity.Of(scale, type));
    }

    public int Reshape(int x, params int[] shape)
    {
        Begin("view");
        return Add(new IntNode.Reshape(x, new(shape), _layer), _quantities[x]);
    }

    public int Move(int x, Movement movement)
    {
        Begin("move");
        return Add(new IntNode.Move(x, random.Next(2) == 0 ? IntNode.Move.NoFill : Constant(new FillConstant(Pick(-128, 127))), movement, _layer), _quantities[x]);
    }

    public int GridSample(int x, int grid, GridMode mode)
    {
        Begin("sample");
        var constant = GridConstant.Create((0.5 + (3 * random.NextDouble())) / Type(grid).Bound(), Type(grid), Type(x), Shape(x)[2], Shape(x)[3], mode, _layer);
        var denominator = mode.IsNearest ? 1 : 1 << (2 * constant.Bits);
        var quantity = new Quantity(LaneKind.Tensor, _quantities[x].Scales, new(denominator), new(_quantities[x].Bounds[0] * denominator), Seq<int>.Empty);
        return Rescale([Add(new IntNode.GridSample(x, grid, Constant(constant), mode, _layer), quantity)], (float)_quantities[x].Scales[0], ClampRange.None);
    }

    public int Resize(int x, ResizeGeometry geometry, bool isRescaled)
    {
        Begin("resize");
        var denominator = geometry.For(new(Shape(x)), Type(x)).Denominator;
        var quantity = new Quantity(LaneKind.Tensor, _quantities[x].Scales, new(denominator), new(_quantities[x].Bounds[0] * denominator), Seq<int>.Empty);
        var sum = Add(new IntNode.Resize(x, geometry, _layer), quantity);
        return isRescaled ? Rescale([sum], (float)_quantities[x].Scales[0], ClampRange.None) : sum;
    }

    public int TopK(int x, Ranking ranking)
    {
        Begin("rank");
        return Add(new IntNode.TopK(x, ranking, _layer), Quantity.Of(1, DType.QInt32));
    }

    public int Gather(int data, int index, Gathering gathering)
    {
        Begin("gather");
        return Add(new IntNode.Gather(data, index, gathering, _layer), _quantities[data]);
    }

    /// <summary>A constant of numbers from 0 to below a limit.</summary>
    public int Positions(int[] shape, int limit)
    {
        Begin("positions");
        var values = Fill(shape.Aggregate(1, static (n, d) => n * d), () => random.Next(limit));
        return Add(new IntNode.Literal(Constant(new TensorConstant(new(shape), DType.QInt32, values, 1)), _layer), Quantity.Of(1, DType.QInt32));
    }

    public QTensor[] Inputs(int batch) => [.. inputs.Select((s, i) =>
        new QTensor([batch, .. s.Skip(1)], InputType, [.. Fill(batch * s.Skip(1).Aggregate(1, static (n, d) => n * d), () => Pick(InputType.Min(), InputType.Max()))], _quantities[i].Scales[0]))];

    private int Rescale(int[] terms, float scale, ClampRange range)
    {
        var type = ResultType();
        scale *= Step(type);
        var constant = RescaleConstant.Create([.. terms.Select(t => _quantities[t])], scale, range, type, _layer);
        return Add(new IntNode.Rescale(new(terms), Constant(constant), _layer), Quantity.Of(scale, type));
    }

    private DType ResultType() => IsMixed && random.Next(3) == 0 ? DType.QInt16 : DType.QInt8;

    /// <summary>Finer steps for the wider type, of about the same range.</summary>
    private static float Step(DType type) => type == DType.QInt16 ? 1f / 100 : 1;

    private void Begin(string name) => _layer = $"{name}{_layers++}";

    private int Constant(Constant constant)
    {
        _constants.Add(constant);
        return _constants.Count - 1;
    }

    private int Add(IntNode node, Quantity quantity)
    {
        _nodes.Add(node);
        _quantities.Add(quantity);
        return Count - 1;
    }

    private int Pick(int low, int high) => Extreme ? random.Next(2) == 0 ? low : high : random.Next(low, high + 1);

    private static Seq<T> Fill<T>(int count, Func<T> value) => Enumerable.Range(0, count).Select(_ => value()).ToSeq();

    private static float Scale(Random random) => (float)Math.Pow(2, (random.NextDouble() * 4) - 8);

    private Signature Signature(int[] outputs)
    {
        var facts = outputs.Length == 0 ? [] : Facts;
        return new("Random", march, inputs.Select((s, i) => new TensorSpec($"x{i}", new(s), InputType, _quantities[i].Scales)).ToSeq(),
            outputs.Select((o, i) => new TensorSpec($"y{i}", facts[o].Shape, facts[o].DType, _quantities[o].Scales)).ToSeq());
    }
}
