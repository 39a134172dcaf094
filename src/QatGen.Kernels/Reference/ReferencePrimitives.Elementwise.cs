using QatGen.Primitives;
using static QatGen.Kernels.Reference.ReferenceValue;

namespace QatGen.Kernels.Reference;

/// <summary>Element by element, with operands that broadcast.</summary>
internal sealed partial class ReferencePrimitives
{
    public ReferenceValue Constant(ReferenceValue tensor)
    {
        var constant = Constant<TensorConstant>(tensor);
        return new Integers([.. constant.Shape], constant.DType, [.. constant.Values]);
    }

    public ReferenceValue Mul(ReferenceValue x, ReferenceValue y)
    {
        var operands = Broadcast([(Integers)x, (Integers)y]);
        return new Integers(operands[0].Shape, DType.QInt32, [.. operands[0].Data.Zip(operands[1].Data, static (a, b) => a * b)]);
    }

    public ReferenceValue MatMul(ReferenceValue x, ReferenceValue y)
    {
        var (a, b) = ((Integers)x, (Integers)y);
        var (inner, columns) = (a.Shape[^1], b.Shape[^1]);
        b = Repeated(b, [.. a.Shape[..^2], inner, columns]);
        var result = new Integers([.. a.Shape[..^1], columns], DType.QInt32);
        for (var i = 0; i < result.Data.Length; i++)
        {
            var (row, column) = (i / columns, i % columns);
            for (var k = 0; k < inner; k++)
            {
                result.Data[i] += a.Data[(row * inner) + k] * b.Data[(((row / a.Shape[^2] * inner) + k) * columns) + column];
            }
        }

        return result;
    }

    public ReferenceValue Elementwise(ElementwiseKind kind, ReferenceValue[] operands, ReferenceValue constant)
    {
        var inputs = Broadcast([.. operands.Cast<Integers>()]);
        var (shape, numbers) = (inputs[0].Shape, ((Fixed)constant).Constant);
        if (kind.IsComparison())
        {
            var compare = (CompareConstant)numbers;
            return new Integers(shape, DType.QInt8, [.. inputs[0].Data.Zip(inputs[1].Data, (a, b) => compare.Holds(kind, a, b) ? 1 : 0)]);
        }

        if (kind.IsRounding())
        {
            return new Integers(shape, DType.QInt32, [.. inputs[0].Data.Select(v => ((ScaleConstant)numbers).Round(kind, v))]);
        }

        var rescale = (RescaleConstant)numbers;
        var (a, b) = (Lane(inputs[^2], rescale, 0), Lane(inputs[^1], rescale, 1));
        return new Integers(shape, rescale.DType, [.. a.Select((v, i) => kind switch
        {
            ElementwiseKind.Maximum => Math.Max(v, b[i]),
            ElementwiseKind.Minimum => Math.Min(v, b[i]),
            _ => inputs[0].Data[i] != 0 ? v : b[i],
        })]);
    }

    private static int[] Lane(Integers input, RescaleConstant rescale, int lane) => [.. input.Data.Select(v => Rescale([v], rescale, lane))];

    /// <summary>The operands in their common shape.</summary>
    private static Integers[] Broadcast(Integers[] operands)
    {
        var rank = operands.Max(static o => o.Shape.Length);
        int[] shape = [.. Enumerable.Range(0, rank).Select(axis => operands.Max(o => Size(o, axis, rank)))];
        return [.. operands.Select(o => o.Shape.SequenceEqual(shape) ? o : Repeated(o, shape))];
    }

    private static int Size(Integers operand, int axis, int rank) => axis < rank - operand.Shape.Length ? 1 : operand.Shape[axis - rank + operand.Shape.Length];

    private static Integers Repeated(Integers operand, int[] shape)
    {
        var result = new Integers(shape, operand.DType);
        for (var i = 0; i < result.Data.Length; i++)
        {
            var (rest, step, from) = (i, 1, 0);
            for (var axis = shape.Length - 1; axis >= 0; axis--)
            {
                var size = Size(operand, axis, shape.Length);
                from += size == 1 ? 0 : rest % shape[axis] * step;
                (rest, step) = (rest / shape[axis], step * size);
            }

            result.Data[i] = operand.Data[from];
        }

        return result;
    }
}
