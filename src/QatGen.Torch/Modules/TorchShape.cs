using QatGen.Primitives;
using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>Shapes in the torch implementations of the primitives.</summary>
internal static class TorchShape
{
    /// <summary>The primitive Reshape: 0 keeps the dimension at its place, or is 1 behind the last; -1 takes what is left.</summary>
    public static Tensor Reshape(Tensor x, int[] shape) => x.reshape([.. shape.Select((d, i) => d != 0 ? d : i < x.shape.Length ? x.shape[i] : 1)]);

    /// <summary>The terms of a sum in their common shape.</summary>
    public static QatValue.Activation[] Broadcast(QatValue.Activation[] terms, string layer)
    {
        var shape = RequireBroadcast([.. terms.Select(static t => t.Data)], layer);
        return [.. terms.Select(t => t.Data.shape.SequenceEqual(shape) ? t : t with { Data = t.Data.expand(shape) })];
    }

    /// <summary>The common shape of operands; throws, naming the layer, where they have none.</summary>
    public static long[] RequireBroadcast(IReadOnlyList<Tensor> operands, string layer)
    {
        var rank = operands.Max(static o => o.shape.Length);
        var shape = new long[rank];
        for (var axis = 0; axis < rank; axis++)
        {
            var sizes = operands.Select(o => axis < rank - o.shape.Length ? 1 : o.shape[axis - rank + o.shape.Length]).ToArray();
            shape[axis] = sizes.Max();
            if (Array.FindIndex(sizes, s => s != 1 && s != shape[axis]) is >= 0 and var odd)
            {
                throw QatGenException.Of(ShapeRules.TermShapes, layer, Text(operands[odd]), Text(operands[Array.IndexOf(sizes, shape[axis])]));
            }
        }

        return shape;
    }

    /// <summary>Throws, naming the layer, where the inner sizes of two matrices differ.</summary>
    public static void RequireMatrices(Tensor x, Tensor y, string layer)
    {
        if (x.shape.Length < 3 || y.shape.Length < 2 || x.shape[^1] != y.shape[^2])
        {
            throw QatGenException.Of(ShapeRules.Matrices, layer, Text(x), Text(y));
        }
    }

    public static Tensor Compare(ElementwiseKind kind, Tensor x, Tensor y) => kind switch
    {
        ElementwiseKind.Equal => x.eq(y),
        ElementwiseKind.NotEqual => x.ne(y),
        ElementwiseKind.Less => x.lt(y),
        ElementwiseKind.LessOrEqual => x.le(y),
        ElementwiseKind.Greater => x.gt(y),
        _ => x.ge(y),
    };

    public static string Text(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
