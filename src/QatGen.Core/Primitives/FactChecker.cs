using QatGen.Arithmetic;

namespace QatGen.Primitives;

/// <summary>Infers shape and type of every primitive and collects what does not fit. Unknown dimensions stay unknown and never cause a violation.</summary>
public sealed partial class FactChecker : IPrimitives<Fact>
{
    private readonly List<Violation> _violations = [];
    private string _layer = "";

    public IReadOnlyList<Violation> Violations => _violations;

    public void ThrowIfBroken()
    {
        if (_violations.Count > 0)
        {
            throw new QatGenException(_violations);
        }
    }

    public void Layer(string path) => _layer = path;

    public Fact Conv(Fact x, Fact weight, Fact bias, ConvGeometry g)
    {
        NotConstant(x);
        if (!HasRank(x, g.Rank) || !x.IsKnown)
        {
            return Fact.Unknown(DType.QInt32);
        }

        Expect(x.DType != DType.QInt32, ShapeRules.ConvType, x.ToString());
        Expect(Same(x.Shape[1], Times(weight.Shape[1], g.Groups)), ShapeRules.Channels, Text(x.Shape[1]), Text(Times(weight.Shape[1], g.Groups)));
        var map = MapShape.Of(x.Shape);
        return Windowed(x, weight.Shape[0], Map(map.Height, h => g.OutputHeight(h, weight.Shape[2])), Map(map.Width, w => g.OutputWidth(w, weight.Shape[3])), DType.QInt32);
    }

    public Fact Rescale(Fact[] terms, Fact rescale)
    {
        var known = Broadcast(terms, rescale.DType);
        if (known.IsKnown && rescale.Lanes is { } lanes)
        {
            var fits = lanes.Kind switch
            {
                LaneKind.Channel => known.Rank >= 2 && Same(known.Shape[1], lanes.Count),
                LaneKind.Position => known.Rank > 2 && Same(known.Shape.Skip(2).Aggregate(1, Times), lanes.MapLength),
                _ => lanes.Count == 1,
            };
            Expect(fits, ShapeRules.Lanes, $"{lanes.Count} {lanes.Kind}", known.ToString());
        }

        return known;
    }

    public Fact Clamp(Fact x, Fact limits)
    {
        NotConstant(x);
        return x;
    }

    public Fact MaxPool(Fact x, PoolGeometry geometry) => Pool(x, geometry, x.DType);

    public Fact SumPool(Fact x, PoolGeometry geometry, AverageCount count) => Pool(x, geometry, DType.QInt32);

    public Fact Reduce(Fact x, Reduction reduction)
    {
        NotConstant(x);
        var type = reduction.IsSum ? DType.QInt32 : x.DType;
        Expect(x.DType != DType.QInt32, ShapeRules.OperandType, x.ToString(), x.ToString());
        var fits = !x.IsKnown || reduction.For(x.Rank).Count > 0;
        Expect(fits, ShapeRules.ReducedAxes, $"[{string.Join(", ", reduction.Axes)}]", x.ToString());
        return fits && x.IsKnown ? Fact.Of(reduction.Output(x.Shape), type) : Fact.Unknown(type);
    }

    public Fact Concat(Fact[] parts, Fact rescale, int axis)
    {
        var first = parts.FirstOrDefault(static p => !p.IsConstant);
        if (first is null)
        {
            NotConstant(parts[0]);
            return Fact.Unknown(rescale.DType);
        }

        if (parts.Any(static p => !p.IsKnown))
        {
            return Fact.Unknown(rescale.DType);
        }

        axis = axis < 0 ? axis + first.Rank : axis;
        bool Fits(Fact part) => part.Rank == first.Rank && part.Shape.Select((d, i) => i == axis || Same(d, i == 0 && part.IsConstant ? 1 : first.Shape[i])).All(static s => s);
        var fits = axis > 0 && axis < first.Rank && parts.All(Fits);
        Expect(fits, ShapeRules.ConcatShapes, string.Join(", ", parts.Select(static p => p.ToString())), Text(axis));
        if (!fits)
        {
            return Fact.Unknown(rescale.DType);
        }

        var joined = parts.Any(p => p.Shape[axis] < 0) ? Fact.UnknownDimension : parts.Sum(p => p.Shape[axis]);
        return new(first.Shape.Select((d, i) => i == axis ? joined : d).ToSeq(), rescale.DType);
    }

    public Fact Reshape(Fact x, int[] shape)
    {
        NotConstant(x);
        if (!x.IsKnown)
        {
            return x;
        }

        var target = shape.Select((d, i) => d != 0 ? d : i < x.Rank ? x.Shape[i] : 1).ToArray();
        var inferred = Array.IndexOf(shape, -1);
        if (inferred >= 0)
        {
            var rest = target.Where((_, i) => i != inferred).Aggregate(1L, static (n, d) => d < 0 || n < 0 ? -1 : n * d);
            target[inferred] = x.Elements is { } all && rest > 0 ? (int)(all / rest) : Fact.UnknownDimension;
        }

        var result = new Fact(new(target), x.DType);
        Expect(x.Elements is null || result.Elements is null || x.Elements == result.Elements, ShapeRules.Reshape, x.ToString(), result.ToString());
        Expect(target.Length > 0 && Same(target[0], x.Shape[0]), ShapeRules.Batch, x.ToString(), result.ToString());
        return result;
    }

    public Fact Move(Fact x, Movement movement)
    {
        NotConstant(x);
        if (!x.IsKnown || x.Shape.Skip(1).Any(static d => d < 0))
        {
            return Fact.Unknown(x.DType);
        }

        try
        {
            return Fact.Of(movement.For(x.Shape).Output, x.DType);
        }
        catch (MovementException e)
        {
            Expect(false, ShapeRules.Movement, x.ToString(), e.Message);
            return Fact.Unknown(x.DType);
        }
    }

    public Fact Move(Fact x, Fact fill, Movement movement) => Move(x, movement);

    public Fact Lut(Fact x, Fact table)
    {
        // Before conversion a table has no entries yet, and fits.
        Expect(x.DType != DType.QInt32 && (table.Rank == 0 || table.Shape[0] == x.DType.Max() - x.DType.Min() + 1), ShapeRules.TableInput, x.ToString());
        return x with { DType = table.DType };
    }

    private Fact Pool(Fact x, PoolGeometry geometry, DType type)
    {
        NotConstant(x);
        if (!HasRank(x, geometry.Rank) || !x.IsKnown)
        {
            return Fact.Unknown(type);
        }

        int Extent(int size, Func<PoolGeometry, int> output) => geometry.IsGlobal ? 1 : Map(size, _ => output(geometry));
        var map = MapShape.Of(x.Shape);
        return Windowed(x, map.Channels, Extent(map.Height, g => g.OutputHeight(map.Height)), Extent(map.Width, g => g.OutputWidth(map.Width)), type);
    }

    /// <summary>A result of windows, which must have no more axes than its source.</summary>
    private Fact Windowed(Fact x, int channels, int height, int width, DType type)
    {
        Expect(height != 0 && width != 0, ShapeRules.EmptyOutput, x.ToString());
        var fits = (x.Rank > 3 || height <= 1) && (x.Rank > 2 || width <= 1);
        Expect(fits, ShapeRules.Rank, x.ToString(), Text(4));
        return fits ? new(MapShape.With(x.Shape, channels, height, width), type) : Fact.Unknown(type);
    }

    private bool HasRank(Fact x, int rank)
    {
        var fits = !x.IsKnown || x.Rank == rank || (rank == 0 && x.Rank > 1);
        Expect(fits, ShapeRules.Rank, x.ToString(), Text(Math.Max(2, rank)));
        return fits;
    }

    private void Expect(bool condition, Rule rule, params string[] arguments)
    {
        if (!condition)
        {
            _violations.Add(Violation.Of(rule, _layer, arguments));
        }
    }

    private static bool Same(int a, int b) => a < 0 || b < 0 || a == b;

    private static int Times(int a, int b) => a < 0 || b < 0 ? Fact.UnknownDimension : a * b;

    private static int Map(int dimension, Func<int, int> f) => dimension < 0 ? Fact.UnknownDimension : f(dimension);

    private static string Text(int n) => n < 0 ? "?" : n.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
