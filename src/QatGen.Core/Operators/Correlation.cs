using QatGen.Graphs;
using QatGen.Passes;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>
/// How alike the patches of one map are to those of another at displacements around the same place: the mean of their products over channels and kernel, one channel for each displacement, rows first.
/// </summary>
internal sealed class Correlation() : Operator("Correlation")
{
    public override Seq<Form> Forms => new(new Form(FormKind.Module, "Correlation"));

    public override string ModuleType => "torch.nn.Module<torch.Tensor, torch.Tensor, torch.Tensor>";

    public override bool OwnsScale => true;

    public override Seq<string> Structural => new("kernelSize", "maxDisplacement", "stride1", "stride2", "padSize");

    public override bool IsComposite(Node node) => true;

    public override (double Int8, double Int16) CompositeSteps => (0.51, 0.6);

    public override IEnumerable<Violation> Check(Node node)
    {
        var g = new Displacements(node);
        if (node.Inputs.Count != 2 || g.Kernel < 1 || g.Kernel % 2 == 0 || g.Largest < 0 || g.Stride < 1 || g.Step < 1 || g.Padding < 0)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "geometry", node.Attributes.ToString(), "two maps, an odd kernel, strides of at least 1, and no negative displacement or padding");
        }
    }

    /// <summary>The number of products in a mean is known with the channels.</summary>
    public override int[] Expand(Expansion call)
    {
        var shape = call.Shape(call.Inputs[0]);
        var kernel = new Displacements(call.Node).Kernel;
        return shape.Count != 4 ? throw QatGenException.Of(ShapeRules.Rank, call.Node.Path, call.Fact(call.Inputs[0]).ToString(), "4")
            : [call.Result("CorrelationMean", call.Inputs, new(call.Node.Attributes.Append(new("count", (long)kernel * kernel * shape[1]))))];
    }

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => throw new InvalidOperationException($"'{node.Path}' was not expanded.");

    public override IEnumerable<Example> Examples()
    {
        static Node Of(int kernel, int largest, int stride, int step, int padding) => new("Correlation", "correlation", new(FormKind.Module, "Correlation"), new(0, 1), new()
        {
            ["kernelSize"] = kernel,
            ["maxDisplacement"] = largest,
            ["stride1"] = stride,
            ["stride2"] = step,
            ["padSize"] = padding,
        });
        yield return Example.Of("neighbours", Of(1, 1, 1, 1, 1), [2, 5, 4, 6], [2, 5, 4, 6]);
        yield return Example.Of("unpadded", Of(1, 2, 1, 1, 0), [1, 17, 6, 7], [1, 17, 6, 7]);
        yield return Example.Of("kernel", Of(3, 2, 1, 2, 3), [1, 4, 5, 6], [1, 4, 5, 6]);
        yield return Example.Of("strides", Of(3, 3, 2, 2, 4), [1, 3, 7, 6], [1, 3, 7, 6]);
        yield return Example.Of("in place", Of(1, 0, 1, 1, 0), [2, 9, 3, 3], [2, 9, 3, 3]);
    }
}

/// <summary>The products of a correlation: each position is a matrix of one row times one with a column for each displacement, and "count" products are in a sum.</summary>
internal sealed class CorrelationMean() : Operator("CorrelationMean")
{
    public override Seq<Form> Forms => Seq<Form>.Empty;

    public override bool OwnsScale => true;

    public override Seq<string> Structural => new("kernelSize", "maxDisplacement", "stride1", "stride2", "padSize", "count");

    public override Seq<ConstantRole> Constants(Node node) => new(ConstantRole.Rescale(node) with { Factors = new(1.0 / node.Integer("count", 1)) });

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants)
    {
        var g = new Displacements(node);

        // The displacements of the second map become an axis behind its columns, before both maps are cut into patches.
        var moved = p.Move(Padded(inputs[1], g.Padding - g.Largest + (g.Reach * g.Step)), new Movement.Unsqueeze(4));
        moved = new[] { 2, 3 }.Aggregate(moved, (x, axis) => p.Move(x, new Movement.Windows(axis, 4, (2 * g.Reach) + 1, 1, g.Step)));
        var rows = p.Move(p.Move(Patches(Padded(inputs[0], g.Padding - g.Largest)), new Movement.Permute(new(0, 2, 3, 1))), new Movement.Unsqueeze(3));
        var columns = p.Move(Patches(moved), new Movement.Permute(new(0, 2, 3, 1, 4)));
        var means = p.Rescale([p.MatMul(rows, columns)], constants[0]);
        return p.Move(p.Move(means, new Movement.Squeeze(3)), new Movement.Permute(new(0, 3, 1, 2)));

        T Padded(T x, int amount) => amount == 0 ? x : p.Move(x, new Movement.ConstantPad(new(amount, amount, amount, amount)));
        T Patches(T x) => g.Kernel == 1 && g.Stride == 1 ? x : new[] { 2, 3 }.Aggregate(x, (y, axis) => p.Move(y, new Movement.Windows(axis, 1, g.Kernel, g.Stride, 1)));
    }

    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("neighbours", new(Name, "mean", new(FormKind.Module, Name), new(0, 1), new() { ["count"] = 5 }), [2, 5, 4, 6], [2, 5, 4, 6]);
    }
}

/// <summary>The arguments of a correlation; displacements are multiples of <see cref="Step"/> up to <see cref="Reach"/> of them in each direction.</summary>
internal sealed class Displacements(Node node)
{
    public int Kernel { get; } = (int)node.Integer("kernelSize", 1);

    public int Largest { get; } = (int)node.Integer("maxDisplacement", 1);

    public int Stride { get; } = (int)node.Integer("stride1", 1);

    public int Step { get; } = (int)node.Integer("stride2", 1);

    public int Padding { get; } = (int)node.Integer("padSize", 0);

    public int Reach => Largest / Math.Max(1, Step);
}
