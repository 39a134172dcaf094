using QatGen.Primitives;
using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>Shapes in the torch implementations of the primitives.</summary>
internal static class TorchShape
{
    /// <summary>The primitive Reshape: 0 keeps the dimension at its place, or is 1 behind the last; -1 takes what is left.</summary>
    public static Tensor Reshape(Tensor x, int[] shape) => x.reshape([.. shape.Select((d, i) => d != 0 ? d : i < x.shape.Length ? x.shape[i] : 1)]);

    /// <summary>A constant as float32 integers.</summary>
    public static Tensor Integers(TensorConstant constant) => tensor(constant.Values.Select(static v => (float)v).ToArray(), [.. constant.Shape.Select(static d => (long)d)]);

    public static Seq<int> Of(Tensor x) => x.shape.Select(static d => (int)d).ToSeq();

    /// <summary>
    /// Runs on maps [N, C, H, W] what reads windows, and gives the result the axes of the source (<see cref="MapShape"/>): slices are frames meanwhile. A source of other than <paramref name="rank"/>
    /// axes (0: any) is an error that names the layer.
    /// </summary>
    public static Tensor OnMaps(Tensor x, int rank, string layer, Func<Tensor, Tensor> run)
    {
        var axes = x.shape.Length;
        if (axes < 2 || (rank != 0 && axes != rank))
        {
            throw QatGenException.Of(ShapeRules.LayerInput, layer, Text(x), $"it takes {Math.Max(2, rank)} dimensions");
        }

        if (axes == 4)
        {
            return run(x);
        }

        var map = MapShape.Of(Of(x));
        if (map.Slices == 1)
        {
            var one = run(x.reshape(map.Batch, map.Channels, map.Height, map.Width));
            return one.reshape([.. MapShape.With(Of(x), (int)one.shape[1], (int)one.shape[2], (int)one.shape[3]).Select(static d => (long)d)]);
        }

        var frames = run(x.reshape(map.Batch, map.Channels, map.Slices, map.Height, map.Width).transpose(1, 2).reshape(-1, map.Channels, map.Height, map.Width));
        var (channels, height, width) = (frames.shape[1], frames.shape[2], frames.shape[3]);
        return frames.reshape(map.Batch, map.Slices, channels, height, width).transpose(1, 2).reshape([.. MapShape.With(Of(x), (int)channels, (int)height, (int)width).Select(static d => (long)d)]);
    }

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

    /// <summary>Tensors joined along an axis behind the batch; a constant, which has one frame, repeats over the batch.</summary>
    public static Tensor Joined(Tensor[] parts, int axis)
    {
        var batch = parts.Max(static p => p.shape[0]);
        return cat([.. parts.Select(p => p.shape[0] == batch ? p : p.expand([batch, .. p.shape[1..]]))], axis);
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

    public static Tensor Rounded(ElementwiseKind kind, Tensor x) => kind switch
    {
        ElementwiseKind.Floor => x.floor(),
        ElementwiseKind.Ceil => x.ceil(),
        ElementwiseKind.Trunc => x.trunc(),
        _ => x.round(),
    };

    public static string Text(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
