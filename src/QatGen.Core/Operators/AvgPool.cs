using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>
/// The mean of each window: an integer sum and one multiplier per distinct count. Of a volume the slices of a window lie beside each other in the rows, so that one sum reads them all.
/// </summary>
internal abstract class AvgPoolOperator(string name, string function, int axes) : PoolOperator(name, function, axes)
{
    public override bool OwnsScale => true;

    public override Seq<string> Structural => axes == 1
        ? new("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")
        : new("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override");

    public override IEnumerable<Violation> Check(Node node)
    {
        // How many slices a window has must not depend on where it is.
        var isUneven = axes == 3 && (node.Flag("ceil_mode", false) || (!node.Flag("count_include_pad", true) && node.Numbers("padding", 3, 0)[0] > 0));
        var found = base.Check(node);
        return node.Integer("divisor_override", 1) < 1 ? found.Append(Violation.Of(CaptureRules.Argument, node.Path, Name, "divisor_override", node.Attributes.ToString(), "a positive number"))
            : isUneven ? found.Append(Violation.Of(CaptureRules.Argument, node.Path, Name, "windows", node.Attributes.ToString(), "windows of equal depth: no ceil_mode, and padded depth counted"))
            : found;
    }

    public override Seq<ConstantRole> Constants(Node node) => new(ConstantRole.Rescale(node));

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants)
    {
        var (x, g) = (inputs[0], Geometry(node));
        if (axes == 3)
        {
            var (depth, padding) = (node.Numbers("kernel_size", 3, 1)[0], node.Numbers("padding", 3, 0)[0]);
            x = padding == 0 ? x : p.Move(x, new Movement.ConstantPad(new(0, 0, 0, 0, padding, padding)));
            x = p.Move(x, new Movement.Windows(2, 4, depth, Strides(node)[0], 1));
            g = g with { KernelW = g.KernelW * depth, StrideW = g.StrideW * depth, PadW = g.PadW * depth };
        }

        var count = new AverageCount(node.Flag("count_include_pad", true), (int)node.Integer("divisor_override", 0));
        return p.Rescale([p.SumPool(x, g, count)], constants[0]);
    }
}

/// <summary>Average pooling of [N, C, L].</summary>
internal sealed class AvgPool1d() : AvgPoolOperator("AvgPool1d", "avg_pool1d", axes: 1)
{
    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("2", Call(2, 2, 0), [2, 5, 8]);
        yield return Example.Of("padding not counted", Call(3, 2, 1, ("count_include_pad", false)), [1, 17, 9]);
        yield return Example.Of("ceil", Call(3, 2, 1, ("ceil_mode", true)), [1, 3, 8]);
    }
}

/// <summary>Average pooling of [N, C, H, W].</summary>
internal sealed class AvgPool2d() : AvgPoolOperator("AvgPool2d", "avg_pool2d", axes: 2)
{
    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("2x2", Call(2, 2, 0), [2, 5, 8, 7]);
        yield return Example.Of("padded", Call(3, 2, 1), [1, 8, 9, 11]);
        yield return Example.Of("padding not counted", Call(3, 2, 1, ("count_include_pad", false)), [1, 8, 9, 11]);
        yield return Example.Of("ceil", Call(3, 2, 1, ("ceil_mode", true)), [1, 3, 8, 8]);
        yield return Example.Of("divisor", Call(2, 2, 0, ("divisor_override", 3)), [1, 3, 6, 6]);
        yield return Example.Of("uneven", Uneven(), [1, 3, 7, 6]);
    }
}

/// <summary>Average pooling of [N, C, D, H, W].</summary>
internal sealed class AvgPool3d() : AvgPoolOperator("AvgPool3d", "avg_pool3d", axes: 3)
{
    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("2x2x2", Call(2, 2, 0), [2, 5, 4, 6, 7]);
        yield return Example.Of("padded", Call(3, 2, 1), [1, 4, 5, 6, 7]);
        yield return Example.Of("padding not counted", Call(3, 2, 0, ("padding", new Value.Items(new(0, 1, 1))), ("count_include_pad", false)), [1, 4, 5, 6, 7]);
        yield return Example.Of("divisor", Call(2, 1, 0, ("divisor_override", 5)), [1, 3, 3, 3, 4]);
    }
}
