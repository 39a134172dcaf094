namespace QatGen.Primitives;

/// <summary>Counts what a program costs, layer by layer, while it infers shapes: for the batch of the given inputs. A shape that is not known makes the cost unknown (null), never wrong.</summary>
public sealed class CostChecker : IPrimitives<Fact>
{
    private readonly FactChecker _facts = new();
    private readonly List<CostOfLayer> _layers = [];

    /// <summary>One row per layer, in execution order.</summary>
    public IReadOnlyList<CostOfLayer> Layers => _layers;

    /// <summary>Multiply-accumulates of the whole program; null while one layer's are not known.</summary>
    public long? Macs => _layers.Aggregate((long?)0, static (sum, l) => sum + l.Macs);

    /// <summary>Bytes of all weights and biases; null while one layer's are not known.</summary>
    public long? ParameterBytes => _layers.Aggregate((long?)0, static (sum, l) => sum + l.ParameterBytes);

    public void Layer(string path)
    {
        _facts.Layer(path);
        if (_layers.Count == 0 || _layers[_layers.Count - 1].Layer != path)
        {
            _layers.Add(new(path));
        }
    }

    public Fact Conv(Fact x, Fact weight, Fact bias, ConvGeometry geometry)
    {
        var sum = _facts.Conv(x, weight, bias, geometry);
        var perOutput = weight with { Shape = new([.. weight.Shape.Skip(1)]) };
        return Add(sum, sum.Elements * perOutput.Elements, weight.Elements + bias.Elements, weight.Bytes + bias.Bytes);
    }

    public Fact Rescale(Fact[] terms, Fact rescale) => Add(_facts.Rescale(terms, rescale));

    public Fact Constant(Fact tensor) => Add(_facts.Constant(tensor), 0, tensor.Elements, tensor.Bytes);

    public Fact Mul(Fact x, Fact y) => Add(_facts.Mul(x, y));

    public Fact MatMul(Fact x, Fact y)
    {
        var result = _facts.MatMul(x, y);
        var inner = x is { IsKnown: true, Rank: > 0 } ? x.Shape[x.Rank - 1] : Fact.UnknownDimension;
        return Add(result, inner < 0 ? null : result.Elements * inner);
    }

    public Fact Elementwise(ElementwiseKind kind, Fact[] operands, Fact constant) => Add(_facts.Elementwise(kind, operands, constant));

    public Fact Clamp(Fact x, Fact limits) => Add(_facts.Clamp(x, limits));

    public Fact MaxPool(Fact x, PoolGeometry geometry) => Add(_facts.MaxPool(x, geometry));

    public Fact SumPool(Fact x, PoolGeometry geometry, AverageCount count) => Add(_facts.SumPool(x, geometry, count));

    public Fact Reduce(Fact x, Reduction reduction) => Add(_facts.Reduce(x, reduction));

    public Fact Concat(Fact[] parts, Fact rescale, int axis) => Add(_facts.Concat(parts, rescale, axis));

    public Fact Reshape(Fact x, int[] shape) => Add(_facts.Reshape(x, shape));

    public Fact Move(Fact x, Movement movement) => Add(_facts.Move(x, movement));

    public Fact Move(Fact x, Fact fill, Movement movement) => Add(_facts.Move(x, fill, movement));

    public Fact GridSample(Fact x, Fact grid, Fact constant, GridMode mode) => Add(_facts.GridSample(x, grid, constant, mode));

    public Fact Resize(Fact x, ResizeGeometry geometry) => Add(_facts.Resize(x, geometry));

    public Fact Lut(Fact x, Fact table) => Add(_facts.Lut(x, table));

    public Fact TopK(Fact x, Ranking ranking) => Add(_facts.TopK(x, ranking));

    public Fact Gather(Fact data, Fact index, Gathering gathering) => Add(_facts.Gather(data, index, gathering));

    /// <summary>The last result of a layer is what it leaves behind; what comes before is its accumulator.</summary>
    private Fact Add(Fact result, long? macs = 0, long? parameters = 0, long? parameterBytes = 0)
    {
        if (_layers.Count == 0)
        {
            Layer("");
        }

        var layer = _layers[_layers.Count - 1];
        _layers[_layers.Count - 1] = new(layer.Layer, layer.Macs + macs, layer.Parameters + parameters, layer.ParameterBytes + parameterBytes, result.Bytes);
        return result;
    }
}
