using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

internal static class Pooling
{
    /// <summary>PyTorch's window arguments; the stride is the kernel unless given. One overload of max_pool2d calls it strides.</summary>
    public static PoolGeometry Geometry(Node node)
    {
        var (kernelH, kernelW) = node.Pair("kernel_size", 1);

        // One overload of max_pool2d spells it in the plural.
        var stride = node.Attributes["strides"] is null ? "stride" : "strides";
        var (strideH, strideW) = node.Attributes[stride] is null ? (kernelH, kernelW) : node.Pair(stride, 1);
        var (padH, padW) = node.Pair("padding", 0);
        var (dilationH, dilationW) = node.Pair("dilation", 1);
        return new(kernelH, kernelW, strideH, strideW, padH, padW, dilationH, dilationW, node.Flag("ceil_mode", false));
    }
}
