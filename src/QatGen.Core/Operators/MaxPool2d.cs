using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>The largest value of each window; keeps the scale.</summary>
internal sealed class MaxPool2d() : Operator("MaxPool2d")
{
    public override Seq<Form> Forms => new(new(FormKind.Module, "MaxPool2d"), new(FormKind.Functional, "max_pool2d"));

    public override Seq<string> Structural => new("kernel_size", "stride", "strides", "padding", "dilation", "ceil_mode");

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.MaxPool(inputs[0], Pooling.Geometry(node));

    /// <summary>The overload of pairs takes tuples; the one of arrays calls the stride strides.</summary>
    public override string FloatCall(Node node, string module, string[] inputs)
    {
        var call = base.FloatCall(node, module, inputs);
        return node.Attributes["strides"] is null ? call.Replace("new long[] { ", "(").Replace(" }", ")") : call;
    }

    public override IEnumerable<Example> Examples()
    {
        static Node Pool(int kernel, int stride, int padding, bool ceil = false, int dilation = 1) =>
            new("MaxPool2d", "pool", new(FormKind.Module, "MaxPool2d"), new(0), new() { ["kernel_size"] = kernel, ["stride"] = stride, ["padding"] = padding, ["ceil_mode"] = ceil, ["dilation"] = dilation });
        yield return Example.Of("2x2", Pool(2, 2, 0), [2, 5, 8, 7]);
        yield return Example.Of("3x3 stride 2", Pool(3, 2, 1), [1, 8, 9, 11]);
        yield return Example.Of("ceil", Pool(3, 2, 0, ceil: true), [1, 3, 8, 8]);
        yield return Example.Of("dilation", Pool(3, 1, 1, dilation: 2), [1, 3, 9, 8]);
    }
}
