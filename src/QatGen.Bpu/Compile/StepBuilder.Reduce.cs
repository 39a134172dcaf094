using QatGen.Primitives;

namespace QatGen.Bpu;

/// <summary>Reductions, one step per run of axes that adjoin: behind the channels a run is seen as the columns of a map.</summary>
internal sealed partial class StepBuilder
{
    private void AddReduce(IntNode.Reduce n, int value)
    {
        var (source, shape, axes) = (_views[n.X], _facts[n.X].Shape.ToArray(), n.Reduction.For(_facts[n.X].Rank).ToArray());
        var runs = Runs(axes.Where(static a => a > 1)).Concat(axes.Where(static a => a == 1).Select(static a => (First: a, Last: a))).ToArray();
        for (var i = 0; i < runs.Length; i++)
        {
            var (first, last) = runs[i];
            var before = shape.ToArray();
            Array.Fill(shape, 1, first, last - first + 1);
            var output = i == runs.Length - 1 ? Define(value) : Between(new(new(shape), _facts[value].DType));
            var (from, to) = first == 1 ? (source, output) : (Folded(source, before, first), Folded(output, shape, first, Product(shape, last + 1, shape.Length)));
            _steps.Add(new(Layer(n), null, new(from), -1, null, to, to.Shape) { Reduction = n.Reduction.Kind });
            source = output;
        }
    }

    /// <summary>A tensor between the steps of one node.</summary>
    private View Between(Fact fact)
    {
        _tensors.Add(Tensor.Of(fact, _alignment));
        return new(_tensors.Count - 1, _tensors[^1]);
    }

    /// <summary>The same bytes with the axes before <paramref name="axis"/> as the height and the others as the width.</summary>
    private static View Folded(View view, int[] shape, int axis) => Folded(view, shape, axis, Product(shape, axis, shape.Length));

    private static View Folded(View view, int[] shape, int axis, int width) => view with { Shape = view.Shape with { Height = Product(shape, 2, axis), Width = width } };

    private static int Product(int[] shape, int from, int to) => shape.Skip(from).Take(to - from).Aggregate(1, static (n, d) => n * d);

    private static IEnumerable<(int First, int Last)> Runs(IEnumerable<int> axes)
    {
        var runs = new List<(int First, int Last)>();
        foreach (var axis in axes)
        {
            if (runs.Count > 0 && runs[^1].Last == axis - 1)
            {
                runs[^1] = (runs[^1].First, axis);
            }
            else
            {
                runs.Add((axis, axis));
            }
        }

        return runs;
    }
}
