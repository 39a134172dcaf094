using QatGen.Marches.Limits;
using QatGen.Primitives;

namespace QatGen.Marches;

/// <summary>Checks a program against what a march has and its limits while it infers shapes and types. A shape that is not known yet is checked again at conversion and when compiling.</summary>
public sealed class MarchChecker(MarchSpec march) : IPrimitives<Fact>
{
    private readonly FactChecker _facts = new();
    private readonly List<Violation> _violations = [];
    private readonly Dictionary<Fact, ConvGeometry> _accumulators = new(ReferenceComparer.Instance);
    private readonly List<string> _primitives = [];
    private string _layer = "";

    /// <summary>Everything found: shapes and types first, then limits.</summary>
    public IReadOnlyList<Violation> Violations => [.. _facts.Violations, .. _violations];

    /// <summary>The names of the primitives met, each once, in the order of their first use.</summary>
    public IReadOnlyList<string> Primitives => _primitives;

    /// <summary>What a whole program breaks of its march for a batch size: shapes and types first, then limits.</summary>
    public static IReadOnlyList<Violation> Check(IntGraph graph, int batch)
    {
        var checker = new MarchChecker(MarchSpec.Get(graph.Signature.March));
        graph.Forward(checker, [.. graph.Constants.Select(Fact.Of)], [.. graph.Signature.Inputs.Select(i => Fact.Of(i.WithBatch(batch), i.DType))]);
        return checker.Violations;
    }

    public void Layer(string path)
    {
        _layer = path;
        _facts.Layer(path);
    }

    public Fact Conv(Fact x, Fact weight, Fact bias, ConvGeometry geometry)
    {
        var sum = Check(ConvLimits.Conv, [x], _facts.Conv(x, weight, bias, geometry), new ConvUse(x, weight, geometry));
        _accumulators[sum] = geometry;
        return sum;
    }

    public Fact Rescale(Fact[] terms, Fact rescale)
    {
        var result = _facts.Rescale(terms, rescale);
        var conv = terms.Select(t => _accumulators.TryGetValue(t, out var g) ? g : null).FirstOrDefault(static g => g is not null);
        var use = new RescaleUse(result, conv);
        Check(RescaleLimits.Rescale, terms, result, use);
        return terms.Length > 1 ? Check(RescaleLimits.Sum, terms, result, use) : result;
    }

    public Fact Constant(Fact tensor)
    {
        var result = _facts.Constant(tensor);
        return Check(ElementwiseLimits.Constant, [], result, result);
    }

    public Fact Mul(Fact x, Fact y)
    {
        var result = _facts.Mul(x, y);
        return Check(ElementwiseLimits.Product, [x, y], result, result);
    }

    public Fact MatMul(Fact x, Fact y)
    {
        var result = _facts.MatMul(x, y);
        return Check(MatMulLimits.MatMul, [x, y], result, new MatMulUse(x, y, result));
    }

    public Fact Elementwise(ElementwiseKind kind, Fact[] operands, Fact constant)
    {
        var result = _facts.Elementwise(kind, operands, constant);
        return Check(kind.IsComparison() ? ElementwiseLimits.Comparison : kind.IsRounding() ? ElementwiseLimits.Rounding : ElementwiseLimits.Choice, operands, result, result);
    }

    public Fact Clamp(Fact x, Fact limits) => Check(TensorLimits.Clamp, [x], _facts.Clamp(x, limits), x);

    public Fact MaxPool(Fact x, PoolGeometry geometry) => Check(PoolLimits.Max, [x], _facts.MaxPool(x, geometry), new PoolUse(x, geometry));

    public Fact SumPool(Fact x, PoolGeometry geometry, AverageCount count) => Check(PoolLimits.Sum, [x], _facts.SumPool(x, geometry, count), new PoolUse(x, geometry));

    public Fact Reduce(Fact x, Reduction reduction) => Check(reduction.IsSum ? ReduceLimits.Sum : ReduceLimits.Extreme, [x], _facts.Reduce(x, reduction), new ReduceUse(x, reduction));

    public Fact Concat(Fact[] parts, Fact rescale, int axis)
    {
        var result = _facts.Concat(parts, rescale, axis);
        return Check(ConcatLimits.Concat, parts, result, new ConcatUse(new(parts), result));
    }

    public Fact Reshape(Fact x, int[] shape)
    {
        var result = _facts.Reshape(x, shape);
        return Check(TensorLimits.Reshape, [x], result, result);
    }

    public Fact Move(Fact x, Movement movement)
    {
        var result = _facts.Move(x, movement);

        // A movement that moves nothing for this shape is a reshape; while the shape is not known, that of a fully connected layer on vectors may be one.
        var isReshape = x.IsKnown && result.IsKnown ? movement.For(x.Shape).IsReshape(x.Shape) : !x.IsKnown && movement is Movement.MoveAxis;
        return isReshape ? Check(TensorLimits.Reshape, [x], result, result) : Check(MoveLimits.Of(movement), [x], result, x);
    }

    public Fact Move(Fact x, Fact fill, Movement movement) => Move(x, movement);

    public Fact GridSample(Fact x, Fact grid, Fact constant, GridMode mode) => Check(SamplingLimits.Grid, [x, grid], _facts.GridSample(x, grid, constant, mode), x);

    public Fact Resize(Fact x, ResizeGeometry geometry)
    {
        var result = _facts.Resize(x, geometry);
        return Check(SamplingLimits.Resize, [x], result, new ResizeUse(x, result));
    }

    public Fact TopK(Fact x, Ranking ranking) => Check(ranking.Count == 1 ? RankLimits.Position : RankLimits.Order, [x], _facts.TopK(x, ranking), new RankUse(x, ranking));

    public Fact Gather(Fact data, Fact index, Gathering gathering)
    {
        var result = _facts.Gather(data, index, gathering);
        return Check(RankLimits.Gather, [data, index], result, result);
    }

    public Fact Lut(Fact x, Fact table)
    {
        var result = _facts.Lut(x, table);
        return Check(LutLimits.Lut, [x], result, new LutUse(x, result));
    }

    /// <summary>Holds one primitive against its table, and its result against the limits of every tensor; returns the result.</summary>
    private Fact Check<T>(PrimitiveTable<T> table, Fact[] inputs, Fact result, T use)
    {
        if (!_primitives.Contains(table.Name))
        {
            _primitives.Add(table.Name);
        }

        // What an empty tensor makes empty is no finding of its own.
        if (inputs.FirstOrDefault(static x => x.IsEmpty) is { } empty && !Violations.Any(static v => v.Rule == ShapeRules.Empty || v.Rule == ShapeRules.EmptyOutput))
        {
            _violations.Add(Violation.Of(ShapeRules.Empty, _layer, empty.ToString()));
        }

        if (table.For(march.March) is not { } row)
        {
            _violations.Add(Violation.Of(MarchRules.Primitive, _layer, march.DisplayName, table.Name));
            return result;
        }

        foreach (var wrong in inputs.Where(x => !row.Reads.Contains(x.DType)))
        {
            _violations.Add(Violation.Of(MarchRules.InputType, _layer, march.DisplayName, table.Name, Names(row.Reads), wrong.ToString()));
        }

        if (!row.Writes.Contains(result.DType))
        {
            _violations.Add(Violation.Of(MarchRules.OutputType, _layer, march.DisplayName, table.Name, Names(row.Writes), result.ToString()));
        }

        Hold(table.Name, row, use);
        Hold(TensorLimits.Tensor.Name, TensorLimits.Tensor.For(march.March)!, result);
        return result;
    }

    private void Hold<T>(string what, MarchRow<T> row, T use)
    {
        foreach (var limit in row.Limits.Where(l => !l.Holds(use)))
        {
            var violation = Violation.Of(MarchRules.Limit, _layer, march.DisplayName, what, limit.Text, limit.Actual(use));
            if (!_violations.Contains(violation))
            {
                _violations.Add(violation);
            }
        }
    }

    private static string Names(Seq<DType> types) => string.Join(" or ", types.Select(static t => t.Name()));

    /// <summary>Two accumulators of one shape are equal facts but different sums.</summary>
    private sealed class ReferenceComparer : IEqualityComparer<Fact>
    {
        public static ReferenceComparer Instance { get; } = new();

        public bool Equals(Fact? x, Fact? y) => ReferenceEquals(x, y);

        public int GetHashCode(Fact obj) => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(obj);
    }
}
