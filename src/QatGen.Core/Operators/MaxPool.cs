using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>The largest value of each window; keeps the scale. A volume is pooled slice by slice, then along its depth.</summary>
internal abstract class MaxPoolOperator(string name, string function, int axes) : PoolOperator(name, function, axes)
{
    public override Seq<string> Structural => axes == 3 ? new("kernel_size", "stride", "padding", "dilation", "ceil_mode")
        : axes == 2 ? new("kernel_size", "stride", "strides", "padding", "dilation", "ceil_mode")
        : new("kernel_size", "stride", "padding", "dilation", "ceil_mode");

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants)
    {
        var slices = p.MaxPool(inputs[0], Geometry(node));
        if (axes < 3)
        {
            return slices;
        }

        var (kernel, stride, padding, dilation) = (node.Numbers("kernel_size", 3, 1)[0], Strides(node)[0], node.Numbers("padding", 3, 0)[0], node.Numbers("dilation", 3, 1)[0]);
        var geometry = new PoolGeometry(1, kernel, 1, stride, 0, padding, 1, dilation, node.Flag("ceil_mode", false), Rank: 5);

        // Along the depth as along the last axis, which windows read.
        return p.Move(p.MaxPool(p.Move(slices, new Movement.MoveAxis(2, 4)), geometry), new Movement.MoveAxis(4, 2));
    }

    public override string FloatCall(Node node, string module, string[] inputs) => TupleCall(node, module, inputs);
}

/// <summary>Max pooling of [N, C, L].</summary>
internal sealed class MaxPool1d() : MaxPoolOperator("MaxPool1d", "max_pool1d", axes: 1)
{
    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("2", Call(2, 2, 0), [2, 5, 8]);
        yield return Example.Of("3 stride 2 ceil", Call(3, 2, 1, ("ceil_mode", true)), [1, 17, 10]);
        yield return Example.Of("dilation", Call(3, 1, 1, ("dilation", 2)), [1, 3, 9]);
    }
}

/// <summary>Max pooling of [N, C, H, W].</summary>
internal sealed class MaxPool2d() : MaxPoolOperator("MaxPool2d", "max_pool2d", axes: 2)
{
    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("2x2", Call(2, 2, 0), [2, 5, 8, 7]);
        yield return Example.Of("3x3 stride 2", Call(3, 2, 1), [1, 8, 9, 11]);
        yield return Example.Of("ceil", Call(3, 2, 0, ("ceil_mode", true)), [1, 3, 8, 8]);
        yield return Example.Of("dilation", Call(3, 1, 1, ("dilation", 2)), [1, 3, 9, 8]);
        yield return Example.Of("uneven", Uneven(), [1, 3, 7, 6]);
    }
}

/// <summary>Max pooling of [N, C, D, H, W].</summary>
internal sealed class MaxPool3d() : MaxPoolOperator("MaxPool3d", "max_pool3d", axes: 3)
{
    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("2x2x2", Call(2, 2, 0), [2, 5, 4, 6, 7]);
        yield return Example.Of("3x3x3 stride 2", Call(3, 2, 1), [1, 4, 5, 6, 7]);
        yield return Example.Of("ceil", Call(3, 2, 0, ("ceil_mode", true)), [1, 3, 6, 4, 5]);
        yield return Example.Of("dilation", Call(2, 1, 1, ("dilation", 2)), [1, 3, 4, 5, 5]);
    }
}
