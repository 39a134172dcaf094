using QatGen.Graphs;
using QatGen.Marches;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>Pooling to a given size: output i of n covers the input from floor(i * size / n) to ceil((i + 1) * size / n).</summary>
internal abstract class AdaptivePoolOperator(string name, string function, int axes) : Operator(name)
{
    public override Seq<Form> Forms => new(new(FormKind.Module, Name), new(FormKind.Functional, function));

    public override Seq<string> Structural => new("output_size");

    protected Seq<int> OutputSize(Node node) => node.Numbers("output_size", axes, 0);

    public override IEnumerable<Violation> Check(Node node)
    {
        if (!node.IsPerAxis("output_size", axes) || OutputSize(node).Any(static n => n < 1))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "output size", node.Attributes.ToString(), "a positive number for each axis");
        }
    }

    /// <summary>The windows of the last two axes.</summary>
    protected PoolGeometry Geometry(Node node)
    {
        var size = OutputSize(node);
        return size.Skip(Math.Max(0, axes - 2)).All(static n => n == 1) ? PoolGeometry.Global with { Rank = axes + 2 } : PoolGeometry.Adaptive(axes == 1 ? 1 : size[axes - 2], size[axes - 1], axes + 2);
    }

    protected Node Call(params int[] size) =>
        new(Name, "pool", new(FormKind.Module, Name), new(0), new() { ["output_size"] = size.Length == 1 ? size[0] : new Value.Items(size.Select(static n => (Value)n).ToSeq()) });
}

/// <summary>The mean of each window: one multiplier per distinct count.</summary>
internal abstract class AdaptiveAvgPoolOperator(string name, string function, int axes) : AdaptivePoolOperator(name, function, axes)
{
    public override bool OwnsScale => true;

    public override Seq<ConstantRole> Constants(Node node) => new(ConstantRole.Rescale(node));

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.Rescale([p.SumPool(inputs[0], Geometry(node), new())], constants[0]);
}

/// <summary>Adaptive average pooling of [N, C, L].</summary>
internal sealed class AdaptiveAvgPool1d() : AdaptiveAvgPoolOperator("AdaptiveAvgPool1d", "adaptive_avg_pool1d", axes: 1)
{
    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("to 1", Call(1), [2, 9, 7]);
        yield return Example.Of("of equal windows", Call(3), [1, 4, 9]);
        yield return Example.Of("of different windows", Call(4), [1, 17, 10]);
    }
}

/// <summary>Adaptive average pooling of [N, C, H, W].</summary>
internal sealed class AdaptiveAvgPool2d() : AdaptiveAvgPoolOperator("AdaptiveAvgPool2d", "adaptive_avg_pool2d", axes: 2)
{
    // The manual refuses it on BERNOULLI2, the converter takes global average pooling.
    public override Seq<MarchNote> MarchNotes => new(
        MarchNote.Only(On.Bernoulli2, new("output size 1", u => OutputSize(u.Node).All(static n => n == 1), static u => u.Node.Attributes.ToString())),
        MarchNote.Risk(On.BothBayes, "the toolkit makes it of average pooling, which is not equal"));

    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("7x7", Call(1), [2, 9, 7, 7]);
        yield return Example.Of("1x1", Call(1), [1, 4, 1, 1]);
        yield return Example.Of("uneven", Call(1), [1, 16, 5, 13]);
        yield return Example.Of("of equal windows", Call(3, 2), [1, 4, 9, 8]);
        yield return Example.Of("of different windows", Call(3), [2, 17, 7, 5]);
        yield return Example.Of("larger than the map", Call(4, 7), [1, 3, 3, 7]);
    }
}

/// <summary>Adaptive average pooling of [N, C, D, H, W] to one value.</summary>
internal sealed class AdaptiveAvgPool3d() : AdaptiveAvgPoolOperator("AdaptiveAvgPool3d", "adaptive_avg_pool3d", axes: 3)
{
    public override IEnumerable<Violation> Check(Node node) => OutputSize(node).All(static n => n == 1) ? []
        : [Violation.Of(CaptureRules.Argument, node.Path, Name, "output size", node.Attributes.ToString(), "1, the mean of the volume")];

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants)
    {
        // Merging the volume's axes checks that there are three.
        var row = p.Move(inputs[0], new Movement.Merge(2, 4));
        return p.Reshape(p.Rescale([p.SumPool(row, PoolGeometry.Global with { Rank = 3 }, new())], constants[0]), [0, 0, 1, 1, 1]);
    }

    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("volume", Call(1), [2, 9, 3, 4, 5]);
    }
}

/// <summary>The largest value of each window; keeps the scale. TorchSharp's form for volumes does not run.</summary>
internal abstract class AdaptiveMaxPoolOperator(string name, string function, int axes) : AdaptivePoolOperator(name, function, axes)
{
    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.MaxPool(inputs[0], Geometry(node));
}

/// <summary>Adaptive max pooling of [N, C, L].</summary>
internal sealed class AdaptiveMaxPool1d() : AdaptiveMaxPoolOperator("AdaptiveMaxPool1d", "adaptive_max_pool1d", axes: 1)
{
    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("to 1", Call(1), [2, 9, 7]);
        yield return Example.Of("of different windows", Call(4), [1, 17, 10]);
    }
}

/// <summary>Adaptive max pooling of [N, C, H, W].</summary>
internal sealed class AdaptiveMaxPool2d() : AdaptiveMaxPoolOperator("AdaptiveMaxPool2d", "adaptive_max_pool2d", axes: 2)
{
    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("to 1", Call(1), [2, 9, 5, 6]);
        yield return Example.Of("of equal windows", Call(2), [1, 4, 6, 8]);
        yield return Example.Of("of different windows", Call(3, 4), [2, 17, 7, 5]);
        yield return Example.Of("larger than the map", Call(4, 7), [1, 3, 3, 7]);
    }
}
