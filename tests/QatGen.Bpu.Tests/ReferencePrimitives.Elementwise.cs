using QatGen.Primitives;

namespace QatGen.Bpu.Tests;

/// <summary>Operands that repeat, written out axis by axis.</summary>
internal sealed partial class ReferencePrimitives
{
    public ReferenceValue Constant(ReferenceValue tensor)
    {
        var constant = (TensorConstant)tensor.Constant!;
        return new([.. constant.Shape], [.. constant.Values], constant.DType);
    }

    public ReferenceValue Mul(ReferenceValue x, ReferenceValue y)
    {
        var both = Repeated(x, y);
        return new(both[0].Shape, [.. both[0].Data.Select((v, i) => checked(v * both[1].Data[i]))], DType.QInt32);
    }

    public ReferenceValue MatMul(ReferenceValue x, ReferenceValue y)
    {
        var (rows, inner, columns) = (x.Shape[^2], x.Shape[^1], y.Shape[^1]);
        var right = Repeated(new ReferenceValue([.. x.Shape[..^2], inner, columns], new int[x.Data.Length / rows * columns], DType.QInt32), y)[1].Data;
        var data = new List<int>();
        for (var matrix = 0; matrix < x.Data.Length / (rows * inner); matrix++)
        {
            for (var i = 0; i < rows * columns; i++)
            {
                data.Add(Enumerable.Range(0, inner).Sum(k => x.Data[(((matrix * rows) + (i / columns)) * inner) + k] * right[(((matrix * inner) + k) * columns) + (i % columns)]));
            }
        }

        return new([.. x.Shape[..^1], columns], [.. data], DType.QInt32);
    }

    public ReferenceValue Elementwise(ElementwiseKind kind, ReferenceValue[] operands, ReferenceValue constant)
    {
        var all = Repeated(operands);
        var values = Enumerable.Range(0, all[0].Data.Length).Select(i => all.Select(o => o.Data[i]).ToArray());
        if (constant.Constant is CompareConstant c)
        {
            return new(all[0].Shape, [.. values.Select(v => Holds(kind, (Int128)v[0] * c.MultiplierX * (1 << c.ShiftX), (Int128)v[1] * c.MultiplierY * (1 << c.ShiftY)) ? 1 : 0)], DType.QInt8);
        }

        if (constant.Constant is ScaleConstant s)
        {
            var one = (decimal)(1L << s.Shift);
            return new(all[0].Shape, [.. values.Select(v => ((decimal)v[0] * s.Multiplier / one) is var real && kind == ElementwiseKind.Floor ? (int)decimal.Floor(real)
                : kind == ElementwiseKind.Ceil ? (int)decimal.Ceiling(real) : kind == ElementwiseKind.Trunc ? (int)decimal.Truncate(real) : (int)decimal.Round(real, MidpointRounding.ToEven))], DType.QInt32);
        }

        var r = (RescaleConstant)constant.Constant!;
        return new(all[0].Shape, [.. values.Select(v =>
        {
            var (a, b) = (One(r, 0, v[^2]), One(r, 1, v[^1]));
            return kind switch { ElementwiseKind.Maximum => Math.Max(a, b), ElementwiseKind.Minimum => Math.Min(a, b), _ => v[0] == 0 ? b : a };
        })], r.DType);
    }

    private static bool Holds(ElementwiseKind kind, Int128 x, Int128 y) => kind switch
    {
        ElementwiseKind.Equal => x == y,
        ElementwiseKind.NotEqual => x != y,
        ElementwiseKind.Less => x < y,
        ElementwiseKind.LessOrEqual => x <= y,
        ElementwiseKind.Greater => x > y,
        _ => x >= y,
    };

    private static ReferenceValue[] Repeated(params ReferenceValue[] operands)
    {
        var rank = operands.Max(static o => o.Shape.Length);
        var values = operands.Select(o => o with { Shape = [.. Enumerable.Repeat(1, rank - o.Shape.Length), .. o.Shape] }).ToArray();
        for (var axis = 0; axis < rank; axis++)
        {
            var size = values.Max(v => v.Shape[axis]);
            values = [.. values.Select(v => v.Shape[axis] == size ? v : Repeat(v, axis, size))];
        }

        return values;
    }

    private static ReferenceValue Repeat(ReferenceValue value, int axis, int times)
    {
        var run = value.Shape.Skip(axis + 1).Aggregate(1, static (n, d) => n * d);
        return value with { Shape = [.. value.Shape.Select((d, i) => i == axis ? times : d)], Data = [.. value.Data.Chunk(run).SelectMany(chunk => Enumerable.Repeat(chunk, times).SelectMany(static c => c))] };
    }
}
