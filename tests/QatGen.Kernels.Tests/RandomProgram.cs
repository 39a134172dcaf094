using QatGen.Arithmetic;
using QatGen.Core.Tests;
using QatGen.Primitives;

namespace QatGen.Kernels.Tests;

/// <summary>Programs of every primitive in every geometry; the seed decides all.</summary>
internal sealed class RandomProgram
{
    private static readonly int[] Channels = [1, 2, 3, 5, 7, 16, 17, 32, 33, 48, 130];
    private readonly Random _random;
    private readonly ProgramBuilder _builder;
    private readonly List<Built> _values = [];

    private RandomProgram(int seed)
    {
        _random = new(seed);
        var type = _random.Next(8) == 0 ? DType.QInt16 : DType.QInt8;
        int[] frame = [Pick(Channels), _random.Next(1, 12), _random.Next(1, 12)];
        _builder = new([.. Enumerable.Repeat((frame, type), _random.Next(1, 3))]);
        _values.AddRange(_builder.Inputs);
    }

    public static FixedPointProgram Create(int seed)
    {
        var program = new RandomProgram(seed);
        for (var steps = program._random.Next(1, 9); steps > 0; steps--)
        {
            program.Grow();
        }

        var outputs = Enumerable.Range(0, program._random.Next(1, 3)).Select(i => i == 0 ? program._values[^1] : program.Pick(program._values));
        return program._builder.Build([.. outputs]);
    }

    /// <summary>Inputs of the program: random, or at the ends of the type.</summary>
    public static QTensor[] InputsFor(FixedPointProgram program, int batch, int seed)
    {
        var random = new Random(seed);
        return [.. program.Signature.Inputs.Select(spec =>
        {
            var (low, high, kind) = (spec.DType.Min(), spec.DType.Max(), random.Next(8));
            var data = new int[batch * spec.FrameSize];
            for (var i = 0; i < data.Length; i++)
            {
                data[i] = kind switch { 0 => low, 1 => high, 2 => random.Next(2) == 0 ? low : high, _ => random.Next(low, high + 1) };
            }

            return new QTensor(spec.WithBatch(batch), spec.DType, data, 1.0);
        })];
    }

    private void Grow()
    {
        var x = Pick(_values.Where(static v => v.Fact.DType != DType.QInt32).ToList());
        if (_random.Next(5) == 0)
        {
            var movement = RandomMovement.Create(_random, x.Shape);
            Add(_random.Next(2) == 0 ? _builder.Move(x, movement) : _builder.Move(x, _random.Next(-128, 128), movement));
            return;
        }

        if (x.Shape.Count == 4 && x.Shape[3] >= 2 && _random.Next(8) == 0)
        {
            // Two columns of a map as coordinates that reach from a little to far beyond the border.
            var grid = _builder.Move(x, new Movement.Slice(3, 0, 2, 1));
            var mode = new GridMode(_random.Next(3) == 0, _random.Next(2) == 0, _random.Next(2) == 0);
            var sampled = _builder.GridSample(x, grid, (0.5 + (3 * _random.NextDouble())) / grid.Fact.DType.Bound(), mode);
            Add(_random.Next(5) == 0 ? sampled : _builder.Rescale([sampled], x.Quantity.Scales[0], Range(), Type()));
            return;
        }

        if (x.Shape.Count is 3 or 4 && _random.Next(8) == 0)
        {
            var sum = _builder.Resize(x, RandomResize.Create(_random, x.Shape));
            Add(_random.Next(5) == 0 ? sum : _builder.Rescale([sum], x.Quantity.Scales[0] * (0.8 + _random.NextDouble()), Range(), Type()));
            return;
        }

        if (_random.Next(14) == 0)
        {
            Add(Ranked(x));
            return;
        }

        if (_random.Next(6) == 0)
        {
            Add(_random.Next(3) switch { 0 => Reduced(x), 1 when x.Shape.Count > 2 && Product(x) is { } product => product, _ => Elementwise(x) });
            return;
        }

        if (x.Shape.Count == 4 && x.Shape[2] > 2 && _random.Next(6) == 0)
        {
            // The rows as one, or a volume of overlapping parts of the map.
            x = _random.Next(3) == 0 ? _builder.Reshape(x, 0, 0, -1) : _builder.Move(_builder.Move(x, new Movement.Unsqueeze(2)), new Movement.Windows(3, 2, _random.Next(1, 3), 1, 1));
            Add(Convolution(x));
            return;
        }

        if (x.Shape.Count is 3 or > 4 && _random.Next(3) > 0)
        {
            Add(_random.Next(3) switch { 0 when Pool(x, 2) is { } pool => _builder.MaxPool(x, pool), 1 => Average(x), _ => Convolution(x) });
            return;
        }

        if (x.Shape.Count != 4)
        {
            Add(_random.Next(2) == 0 ? _builder.Reshape(x, x.Shape.Count == 2 ? [0, 0, 1, 1] : [0, -1, 1, 1]) : Requantized(x));
            return;
        }

        Add(_random.Next(11) switch
        {
            10 => Looked(x),
            0 => Requantized(x),
            1 => _builder.Clamp(x, _random.Next(-50, 0), _random.Next(0, 50)),
            2 when Pool(x, 2) is { } pool => _builder.MaxPool(x, pool),
            3 => Average(x),
            4 => Concatenation(x),
            5 => _random.Next(2) == 0 ? _builder.Reshape(x, 0, -1) : _builder.Reshape(x, 0, 0, -1),
            _ => Convolution(x),
        });
    }

    private Built Convolution(Built x)
    {
        var (channels, map, rank) = (x.Shape[1], MapShape.Of(x.Shape), x.Shape.Count);
        var groups = _random.Next(3) switch { 0 => channels, 1 => Pick(Enumerable.Range(1, channels).Where(g => channels % g == 0).ToList()), _ => 1 };
        var outputs = groups == channels && _random.Next(3) > 0 ? channels : groups * (groups == 1 ? Pick(Channels) : _random.Next(1, 4));
        var (kernelH, kernelW) = (rank == 3 ? 1 : _random.Next(1, 4), _random.Next(1, 4));
        var (top, bottom) = rank == 3 ? (0, 0) : (_random.Next(3), _random.Next(3));
        var geometry = new ConvGeometry(_random.Next(1, 3), _random.Next(1, 3), top, _random.Next(3), bottom, _random.Next(3), _random.Next(1, 3), _random.Next(1, 3), groups, rank);
        if (geometry.OutputHeight(map.Height, kernelH) == 0 || geometry.OutputWidth(map.Width, kernelW) == 0 || _random.Next(4) == 0)
        {
            (kernelH, kernelW, geometry) = (1, 1, new(Groups: groups, Rank: _random.Next(2) == 0 ? 0 : rank));
        }

        var fan = channels / groups * kernelH * kernelW;
        var bound = (int)Math.Clamp(int.MaxValue / (fan * x.Quantity.Bounds[0]) - 1, 1, 128);
        var weight = new WeightConstant(new(outputs, channels / groups, kernelH, kernelW), new([.. Enumerable.Range(0, outputs * fan).Select(_ => (sbyte)_random.Next(-bound, bound))]));
        var bias = new BiasConstant(new([.. Enumerable.Range(0, outputs).Select(_ => _random.Next(-5000, 5000))]));
        var sum = _builder.Conv(x, weight, bias, [.. Enumerable.Range(0, outputs).Select(_ => 0.5 + _random.NextDouble())], geometry);
        if (_random.Next(6) == 0)
        {
            // The accumulator stays a value of its own; sometimes two things read it.
            Add(_builder.PassThrough(sum, Range()));
            return _random.Next(2) == 0 ? sum : _builder.Rescale([sum], Scale(sum, fan), Range());
        }

        var same = _values.Where(v => v.Shape == sum.Shape && v.Fact.DType != DType.QInt32).ToList();
        return _builder.Rescale(same.Count == 0 || _random.Next(3) == 0 ? [sum] : _random.Next(2) == 0 ? [sum, Pick(same)] : [Pick(same), sum], Scale(sum, fan), Range(), Type());
    }

    /// <summary>About as wide as the sums are, from a few steps to well saturated.</summary>
    private double Scale(Built sum, int fan) => sum.Quantity.Scales[0] * Math.Sqrt(fan) * 60 * (0.2 + (_random.NextDouble() * 3));

    private Built Looked(Built x)
    {
        var (bend, half) = (0.01 + _random.NextDouble(), x.Quantity.Scales[0] * x.Fact.DType.Max() / 2);
        TableFunction function = new("wave", v => Math.Sin(v / half / bend) * half);
        return _builder.Lut(x, function, half / (50 + (100 * _random.NextDouble())), Type(), _random.Next(2) == 0 ? TableSplit.Even : TableSplit.Curvature);
    }

    private Built Requantized(Built x)
    {
        var same = _values.Where(v => v.Shape == x.Shape && v.Fact.DType != DType.QInt32).ToList();
        return _builder.Rescale(_random.Next(2) == 0 ? [x] : [x, Pick(same)], x.Quantity.Scales[0] * (0.5 + _random.NextDouble()), Range(), Type());
    }

    /// <summary>A reduction over some axes, sums rescaled; where sums could leave int32, the largest.</summary>
    private Built Reduced(Built x)
    {
        var rank = x.Shape.Count;
        var axes = Enumerable.Range(1, rank - 1).OrderBy(_ => _random.Next()).Take(_random.Next(1, rank)).Select(a => _random.Next(2) == 0 ? a : a - rank).ToSeq();
        var reduction = new Reduction((ReduceKind)_random.Next(4), axes);
        var count = reduction.Count(x.Shape);
        if (!reduction.IsSum || count * x.Quantity.Bounds[0] > int.MaxValue)
        {
            return _builder.Reduce(x, new(_random.Next(2) == 0 ? ReduceKind.Maximum : ReduceKind.Minimum, axes));
        }

        var divisor = reduction.Kind == ReduceKind.Mean ? count : 1;
        return _builder.Rescale([_builder.Reduce(x, reduction)], x.Quantity.Scales[0] * Math.Sqrt(count) / divisor * (0.3 + _random.NextDouble()), Range(), Type());
    }

    /// <summary>Positions along an axis, what is there, or rows of a constant, and positions that repeat or are constant.</summary>
    private Built Ranked(Built x)
    {
        var axis = _random.Next(1, x.Shape.Count);
        var size = x.Shape[axis];
        var positions = _builder.TopK(x, new(_random.Next(2) == 0 ? axis : axis - x.Shape.Count, _random.Next(2) == 0 ? 1 : _random.Next(size + 1), _random.Next(2) == 0));
        switch (_random.Next(5))
        {
            case 0:
                return positions;
            case 1:
                var constant = Constant([_random.Next(1, 9), .. Enumerable.Repeat(1, x.Shape.Count - axis - 1)], DType.QInt32, 0, size);
                return _builder.Gather(x, constant, new(axis - x.Shape.Count, Repeats: true));
            case 2:
                var column = _builder.Move(positions, new Movement.Unsqueeze(-1));
                return column.Shape.Count >= Movement.LargestRank ? positions
                    : _builder.Move(_builder.Gather(Constant([size, _random.Next(1, 9)], x.Fact.DType, -100, 100), _builder.Move(column, new Movement.Unsqueeze(-1)), new(-2, Repeats: true)), new Movement.Squeeze(-2));
            case 3:
                var cut = Enumerable.Range(1, x.Shape.Count - 1).Where(a => a != axis && _random.Next(2) == 0).Aggregate(positions, (p, a) => _builder.Move(p, new Movement.Slice(a, 0, 1)));
                return _builder.Gather(x, cut, new(axis, Repeats: true));
            default:
                return _builder.Gather(x, _random.Next(2) == 0 ? positions : _builder.Move(positions, new Movement.Slice(_random.Next(1, x.Shape.Count), 0, 2)), new(axis));
        }
    }

    private Built Constant(int[] shape, DType type, int low, int end) =>
        _builder.Literal(new(shape), type, new([.. Enumerable.Range(0, shape.Aggregate(1, static (n, d) => n * d)).Select(_ => _random.Next(low, end))]));

    /// <summary>Its matrices times themselves, transposed, or times a constant; null where sums could leave int32 or the result is large.</summary>
    private Built? Product(Built x)
    {
        var (rank, inner) = (x.Shape.Count, x.Shape[x.Shape.Count - 1]);
        if (x.Fact.DType != DType.QInt8 || (long)x.Shape[rank - 2] * x.Fact.Elements > 1 << 18)
        {
            return null;
        }

        var columns = _random.Next(1, 40);
        int[] own = [.. x.Shape.Take(rank - 2).Select((d, axis) => axis == 0 || _random.Next(2) == 0 ? 1 : d), inner, columns];
        var values = Enumerable.Range(0, own.Aggregate(1, static (n, d) => n * d)).Select(_ => _random.Next(-128, 128));
        var y = _random.Next(2) == 0 ? _builder.Move(x, new Movement.Transpose(-1, -2)) : _builder.Literal(Shorter(own), DType.QInt8, values.ToSeq());
        return y.Quantity.Bounds[0] * x.Quantity.Bounds[0] * inner > int.MaxValue ? null
            : _builder.Rescale([_builder.MatMul(x, y)], x.Quantity.Scales[0] * y.Quantity.Scales[0] * Math.Sqrt(inner) * 60 * (0.2 + _random.NextDouble()), Range(), Type());
    }

    /// <summary>Without leading dimensions of 1, or with them.</summary>
    private Seq<int> Shorter(int[] shape) => shape.Skip(_random.Next(shape.TakeWhile(static d => d == 1).Take(shape.Length - 2).Count() + 1)).ToSeq();

    /// <summary>A product, choice or comparison with another value, with itself in a shape that repeats, or with a constant.</summary>
    private Built Elementwise(Built x)
    {
        var y = Other(x);
        var (left, right) = _random.Next(2) == 0 ? (x, y) : (y, x);
        var scale = Math.Max(x.Quantity.Scales[0], y.Quantity.Scales[0]) * (0.5 + _random.NextDouble());
        return _random.Next(5) switch
        {
            4 => Whole(x),
            0 => _builder.Rescale([_builder.Mul(left, right)], scale * 50, Range(), Type()),
            1 => _builder.Choose(_random.Next(2) == 0 ? ElementwiseKind.Maximum : ElementwiseKind.Minimum, [left, right], scale, Type()),
            2 => _builder.Compare((ElementwiseKind)_random.Next((int)ElementwiseKind.Equal, (int)ElementwiseKind.GreaterOrEqual + 1), left, right),
            _ => _builder.Choose(ElementwiseKind.Select, [_builder.Compare(ElementwiseKind.Less, left, right), left, right], scale, Type()),
        };
    }

    private Built Whole(Built x)
    {
        var scale = Math.Pow(2, (_random.NextDouble() * 6) - 6);
        var kind = (ElementwiseKind)_random.Next((int)ElementwiseKind.Floor, (int)ElementwiseKind.Trunc + 1);
        return _builder.Rescale([_builder.Round(kind, x, scale)], scale * (0.3 + _random.NextDouble()), Range(), Type());
    }

    private Built Other(Built x)
    {
        var same = _values.Where(v => v.Shape == x.Shape && v.Fact.DType != DType.QInt32).ToList();
        if (_random.Next(3) == 0)
        {
            return Pick(same);
        }

        var shape = x.Shape.Select((d, axis) => axis == 0 || _random.Next(2) == 0 ? 1 : d).ToSeq();
        if (_random.Next(2) == 0)
        {
            var axes = Enumerable.Range(1, shape.Count - 1).Where(a => shape[a] == 1).ToSeq();
            return axes.Count == 0 ? x : _builder.Reduce(x, new(ReduceKind.Maximum, axes));
        }

        shape = shape.Skip(_random.Next(shape.Count)).ToSeq();
        var (type, count) = (x.Fact.DType, shape.Aggregate(1, static (n, d) => n * d));
        return _builder.Literal(shape, type, new([.. Enumerable.Range(0, count).Select(_ => _random.Next(type.Min(), type.Max() + 1))]));
    }

    private Built Average(Built x)
    {
        var sum = _random.Next(3) == 0 || Pool(x, 1) is not { } pool
            ? _builder.SumPool(x, _random.Next(2) == 0 ? PoolGeometry.Global with { Rank = x.Shape.Count } : Adaptive(x), new())
            : _builder.SumPool(x, pool, new(_random.Next(2) == 0, _random.Next(4) == 0 ? 3 : 0));
        return _builder.Rescale([sum], x.Quantity.Scales[0] * (0.3 + _random.NextDouble()), Range());
    }

    private Built Concatenation(Built x)
    {
        var axis = _random.Next(1, 4);
        var parts = _values.Where(v => v.Shape.Count == 4 && v.Fact.DType != DType.QInt32 && v.Shape.Select((d, i) => i == axis || d == x.Shape[i]).All(static s => s)).ToList();
        var constant = x.Shape.Select((d, i) => i == 0 ? 1 : i == axis ? _random.Next(1, 5) : d).ToSeq();
        var count = constant.Aggregate(1, static (n, d) => n * d);
        parts.Add(_builder.Literal(constant, x.Fact.DType, Enumerable.Range(0, count).Select(_ => _random.Next(x.Fact.DType.Min(), x.Fact.DType.Max() + 1)).ToSeq()));
        return _builder.Concat([x, .. Enumerable.Range(0, _random.Next(3)).Select(_ => Pick(parts))], x.Quantity.Scales[0] * (0.5 + _random.NextDouble()), axis);
    }

    private PoolGeometry? Pool(Built x, int largestDilation)
    {
        if (largestDilation > 1 && _random.Next(4) == 0)
        {
            return Adaptive(x);
        }

        var (map, isRow) = (MapShape.Of(x.Shape), x.Shape.Count == 3);
        var (kernelH, kernelW) = (isRow ? 1 : _random.Next(1, 4), _random.Next(1, 4));
        var (dilationH, dilationW) = (_random.Next(1, largestDilation + 1), _random.Next(1, largestDilation + 1));
        var (padH, padW) = (_random.Next((kernelH / 2) + 1), _random.Next((kernelW / 2) + 1));
        var pool = new PoolGeometry(kernelH, kernelW, _random.Next(1, 4), _random.Next(1, 4), padH, padW, dilationH, dilationW, _random.Next(2) == 0, Rank: x.Shape.Count);
        return pool.OutputHeight(map.Height) > 0 && pool.OutputWidth(map.Width) > 0 ? pool : null;
    }

    private PoolGeometry Adaptive(Built x) => PoolGeometry.Adaptive(x.Shape.Count == 3 ? 1 : _random.Next(1, 6), _random.Next(1, 6), x.Shape.Count);

    private ClampRange Range() => _random.Next(3) switch { 0 => ClampRange.None, 1 => ClampRange.Relu, _ => new(0, 6000 * _random.NextDouble()) };

    private DType Type() => _random.Next(10) == 0 ? DType.QInt16 : DType.QInt8;

    private void Add(Built value) => _values.Add(value);

    private T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];
}
