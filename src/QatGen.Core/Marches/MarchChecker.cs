using QatGen.Primitives;

namespace QatGen.Marches;

/// <summary>Checks a program against the limits of a march while it infers shapes and types. A shape that is not known yet is checked again at conversion.</summary>
public sealed class MarchChecker(MarchSpec march) : IPrimitives<Fact>
{
    private readonly FactChecker _facts = new();
    private readonly List<Violation> _violations = [];
    private readonly Dictionary<Fact, ConvGeometry> _accumulators = new(ReferenceComparer.Instance);
    private string _layer = "";

    /// <summary>Everything found: shapes and types first, then limits.</summary>
    public IReadOnlyList<Violation> Violations => [.. _facts.Violations, .. _violations];

    public void Layer(string path)
    {
        _layer = path;
        _facts.Layer(path);
    }

    public Fact Conv(Fact x, Fact weight, Fact bias, ConvGeometry geometry)
    {
        Check("convolution", march.Limits.Conv, new ConvUse(x, weight, geometry));
        var sum = Checked(_facts.Conv(x, weight, bias, geometry));
        _accumulators[sum] = geometry;
        return sum;
    }

    public Fact Rescale(Fact[] terms, Fact rescale)
    {
        var result = Checked(_facts.Rescale(terms, rescale));
        if (terms.Length > 1)
        {
            var conv = terms.Select(t => _accumulators.TryGetValue(t, out var g) ? g : null).FirstOrDefault(static g => g is not null);
            Check("sum", march.Limits.Sum, new SumUse(result, conv));
        }

        return result;
    }

    public Fact Clamp(Fact x, Fact limits) => _facts.Clamp(x, limits);

    public Fact MaxPool(Fact x, PoolGeometry geometry)
    {
        Check("max pooling", march.Limits.MaxPool, new PoolUse(x, geometry));
        return Checked(_facts.MaxPool(x, geometry));
    }

    public Fact SumPool(Fact x, PoolGeometry geometry, AverageCount count)
    {
        Check("average pooling", march.Limits.SumPool, new PoolUse(x, geometry));
        return Checked(_facts.SumPool(x, geometry, count));
    }

    public Fact Concat(Fact[] parts, Fact rescale, int axis)
    {
        var result = Checked(_facts.Concat(parts, rescale, axis));
        Check("concatenation", march.Limits.Concat, new ConcatUse(new(parts), result, axis));
        return result;
    }

    public Fact Reshape(Fact x, int[] shape) => _facts.Reshape(x, shape);

    public Fact Move(Fact x, Movement movement) => Checked(_facts.Move(x, movement));

    public Fact Move(Fact x, Fact fill, Movement movement) => Move(x, movement);

    private Fact Checked(Fact result)
    {
        Check("tensor", march.Limits.Tensor, result);
        return result;
    }

    private void Check<T>(string what, Seq<Limit<T>> limits, T use)
    {
        foreach (var limit in limits.Where(l => !l.Holds(use)))
        {
            _violations.Add(Violation.Of(MarchRules.Limit, _layer, march.DisplayName, what, limit.Text, limit.Actual(use)));
        }
    }

    /// <summary>Two accumulators of one shape are equal facts but different sums.</summary>
    private sealed class ReferenceComparer : IEqualityComparer<Fact>
    {
        public static ReferenceComparer Instance { get; } = new();

        public bool Equals(Fact? x, Fact? y) => ReferenceEquals(x, y);

        public int GetHashCode(Fact obj) => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(obj);
    }
}
