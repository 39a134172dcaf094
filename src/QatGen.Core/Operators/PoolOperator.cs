using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>A pooling over one, two or three axes.</summary>
internal abstract class PoolOperator(string name, string function, int axes) : Operator(name)
{
    protected int Axes => axes;

    public override Seq<Form> Forms => new(new(FormKind.Module, Name), new(FormKind.Functional, function));

    /// <summary>One overload of the functions spells it in the plural.</summary>
    private static string Stride(Node node) => node.Attributes["strides"] is null ? "stride" : "strides";

    public override IEnumerable<Violation> Check(Node node)
    {
        var (kernel, padding) = (node.Numbers("kernel_size", axes, 1), node.Numbers("padding", axes, 0));
        if (kernel.Any(static k => k < 1) || padding.Where((pad, a) => pad < 0 || 2 * pad > kernel[a]).Any())
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "padding", node.Attributes.ToString(), "at most half the kernel, as PyTorch does");
        }
    }

    /// <summary>The windows of the last two axes, by PyTorch's arguments: the stride is the kernel unless given.</summary>
    protected PoolGeometry Geometry(Node node)
    {
        var (kernel, padding, dilation) = (node.Numbers("kernel_size", axes, 1), node.Numbers("padding", axes, 0), node.Numbers("dilation", axes, 1));
        var stride = Strides(node);
        var (row, column) = (axes - 2, axes - 1);
        return axes == 1
            ? new(1, kernel[0], stride[0], stride[0], 0, padding[0], 1, dilation[0], node.Flag("ceil_mode", false), Rank: 3)
            : new(kernel[row], kernel[column], stride[row], stride[column], padding[row], padding[column], dilation[row], dilation[column], node.Flag("ceil_mode", false), Rank: axes + 2);
    }

    protected Seq<int> Strides(Node node) => node.Attributes[Stride(node)] is null ? node.Numbers("kernel_size", axes, 1) : node.Numbers(Stride(node), axes, 1);

    /// <summary>The overload of pairs takes tuples; the one of arrays calls the stride strides.</summary>
    protected string TupleCall(Node node, string module, string[] inputs)
    {
        var call = base.FloatCall(node, module, inputs);
        return axes == 2 && node.Attributes["strides"] is null ? call.Replace("new long[] { ", "(").Replace(" }", ")") : call;
    }

    protected Node Call(int kernel, int stride, int padding, params (string Name, Value Value)[] others)
    {
        var attributes = new AttributeMap { ["kernel_size"] = kernel, ["stride"] = stride, ["padding"] = padding };
        return new(Name, "pool", new(FormKind.Module, Name), new(0), new(attributes.Concat(others.Select(static o => new KeyValuePair<string, Value>(o.Name, o.Value)))));
    }

    /// <summary>Windows that differ in rows and columns.</summary>
    protected Node Uneven() => Call(1, 1, 0, ("kernel_size", Pair(4, 2)), ("stride", Pair(1, 2)), ("padding", Pair(2, 0)));

    private static Value Pair(int rows, int columns) => new Value.Items(new(rows, columns));
}
