using QatGen.Primitives;

namespace QatGen.Bpu;

/// <summary>Primitives that read windows.</summary>
internal sealed partial class StepBuilder
{
    private WindowUnit Unit(IntNode node, int value)
    {
        var result = Tensor.Of(_facts[value], _alignment);
        switch (node)
        {
            case IntNode.Conv n:
                var (g, weight) = (n.Geometry, (WeightConstant)_graph.Constants[n.Weight]);
                var isDepthwise = g.Groups > 1 && g.Groups == weight.OutputChannels && weight.Shape[1] == 1;
                var window = new Window(weight.Shape[2], weight.Shape[3], g.StrideH, g.StrideW, g.PadTop, g.PadLeft, g.DilationH, g.DilationW);
                return new(isDepthwise ? UnitKind.DepthwiseConv : UnitKind.Conv, _views[n.X], window, result, g.Groups, weight, (BiasConstant)_graph.Constants[n.Bias]);
            case IntNode.MaxPool n:
                return Pooling(n, n.X, UnitKind.MaxPool, n.Geometry, result);
            case IntNode.SumPool n:
                return Pooling(n, n.X, UnitKind.SumPool, n.Geometry, result);
            case IntNode.Resize n:
                return new(UnitKind.Resize, _views[n.X], new(1, 1, 1, 1, 0, 0, 1, 1), result, Resize: n.Geometry.For(_facts[n.X].Shape, _facts[n.X].DType));
            default:
                throw new InvalidOperationException($"{node.GetType().Name} at '{node.Layer}' reads no windows.");
        }
    }

    private WindowUnit Pooling(IntNode node, int x, UnitKind kind, PoolGeometry geometry, Tensor result)
    {
        var map = MapShape.Of(_facts[x].Shape);
        var g = geometry.For(map.Height, map.Width);
        if (!g.IsAdaptive)
        {
            return new(kind, _views[x], new(g.KernelH, g.KernelW, g.StrideH, g.StrideW, g.PadH, g.PadW, g.DilationH, g.DilationW), result);
        }

        var apart = Apart(node, x, g, isRepeated: kind == UnitKind.MaxPool);
        var (kernelH, kernelW) = (PoolGeometry.Largest(map.Height, g.AdaptiveH), PoolGeometry.Largest(map.Width, g.AdaptiveW));
        return new(kind, apart, new(kernelH, kernelW, kernelH, kernelW, 0, 0, 1, 1), result);
    }

    /// <summary>Windows of different sizes that overlap, moved apart and made as large as the largest: with their own last element again, which changes no maximum, or with zeros, which change no sum.</summary>
    private View Apart(IntNode node, int x, PoolGeometry g, bool isRepeated)
    {
        var fact = _facts[x];
        var (source, map) = (new MoveSource(fact.Shape), MapShape.Of(fact.Shape));
        var lines = source.Lines();
        Replace(fact.Rank - 1, Elements(g.AdaptiveW, o => g.Columns(o, map.Width), PoolGeometry.Largest(map.Width, g.AdaptiveW)));
        if (fact.Rank > 3)
        {
            Replace(fact.Rank - 2, Elements(g.AdaptiveH, o => g.Rows(o, map.Height), PoolGeometry.Largest(map.Height, g.AdaptiveH)));
        }

        var plan = source.Plan(lines);
        _tensors.Add(Tensor.Of(Fact.Of(plan.Output, fact.DType), _alignment));
        var output = new View(_tensors.Count - 1, _tensors[^1]);
        _steps.Add(new(Layer(node), null, new(_views[x]), -1, null, output, output.Shape, Move: MoveTables.Of(plan, 0, _views[x].Shape)));
        return output;

        void Replace(int axis, IEnumerable<int> elements) => lines[axis - 1] = source.Picked(axis, elements);

        IEnumerable<int> Elements(int outputs, Func<int, PoolExtent> window, int largest) =>
            from o in Enumerable.Range(0, outputs)
            let extent = window(o)
            from i in Enumerable.Range(0, largest)
            select i < extent.Count ? extent.Start + i : isRepeated ? extent.Start + extent.Count - 1 : MovePlan.Outside;
    }

    /// <summary>The step over planes: a tensor holds those of a frame one behind the other, just as frames.</summary>
    private static Step Sliced(Step step, int slices)
    {
        Tensor Plane(Tensor t) => t with { Height = t.Height / slices };
        View PlaneOf(View v) => v with { Shape = Plane(v.Shape) };
        return slices == 1 ? step : step with
        {
            Unit = step.Unit! with { X = PlaneOf(step.Unit.X), Result = Plane(step.Unit.Result) },
            Output = PlaneOf(step.Output),
            Part = Plane(step.Part),
            Slices = slices,
        };
    }
}
