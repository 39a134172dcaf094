using QatGen.Arithmetic;
using QatGen.Primitives;

namespace QatGen.Torch.Tests;

/// <summary>What repeats is written out; the rest is one expression per element.</summary>
internal sealed partial class NaivePrimitives
{
    public Naive Constant(Naive tensor) => new([.. ((TensorConstant)tensor.Constant!).Shape], [.. ((TensorConstant)tensor.Constant).Values]);

    public Naive Mul(Naive x, Naive y)
    {
        var both = Repeated(x, y);
        return Fill(both[0].Shape, i => checked((int)(both[0][i] * both[1][i])));
    }

    public Naive MatMul(Naive x, Naive y)
    {
        var full = y with { Shape = [.. Enumerable.Repeat(1, x.Shape.Length - y.Shape.Length), .. y.Shape] };
        return Fill([.. x.Shape[..^1], y.Shape[^1]], i =>
        {
            int[] Right(int k) => [.. i[..^2].Select((v, axis) => Math.Min(v, full.Shape[axis] - 1)), k, i[^1]];
            return checked((int)Enumerable.Range(0, x.Shape[^1]).Sum(k => x[[.. i[..^1], k]] * full[Right(k)]));
        });
    }

    public Naive Elementwise(ElementwiseKind kind, Naive[] operands, Naive constant)
    {
        operands = Repeated(operands);
        if (constant.Constant is CompareConstant c)
        {
            // The scales as reals, apart from a common power of two.
            var (a, b) = (Math.ScaleB(c.MultiplierX, c.ShiftX), Math.ScaleB(c.MultiplierY, c.ShiftY));
            return Fill(operands[0].Shape, i => (operands[0][i] * a).CompareTo(operands[1][i] * b) switch
            {
                < 0 => kind is ElementwiseKind.Less or ElementwiseKind.LessOrEqual or ElementwiseKind.NotEqual ? 1 : 0,
                0 => kind is ElementwiseKind.Equal or ElementwiseKind.LessOrEqual or ElementwiseKind.GreaterOrEqual ? 1 : 0,
                > 0 => kind is ElementwiseKind.Greater or ElementwiseKind.GreaterOrEqual or ElementwiseKind.NotEqual ? 1 : 0,
            });
        }

        if (constant.Constant is ScaleConstant s)
        {
            return Fill(operands[0].Shape, i =>
            {
                var real = operands[0][i] * Math.ScaleB(s.Multiplier, -s.Shift);
                return (long)(kind switch
                {
                    ElementwiseKind.Floor => Math.Floor(real),
                    ElementwiseKind.Ceil => Math.Ceiling(real),
                    ElementwiseKind.Trunc => Math.Truncate(real),
                    _ => Math.Round(real, MidpointRounding.ToEven),
                });
            }) with
            { Type = DType.QInt32 };
        }

        var r = (RescaleConstant)constant.Constant!;
        return Fill(operands[0].Shape, i =>
        {
            var (a, b) = (Part(operands[^2][i], 0), Part(operands[^1][i], 1));
            return kind == ElementwiseKind.Select ? operands[0][i] != 0 ? a : b : kind == ElementwiseKind.Maximum ? Math.Max(a, b) : Math.Min(a, b);
        });

        long Part(long value, int lane) => Rescaling.Apply(value * r.Multipliers[lane], r.Shifts[lane], r.Lows[lane], r.Highs[lane]);
    }

    private static Naive[] Repeated(params Naive[] operands)
    {
        var rank = operands.Max(static o => o.Shape.Length);
        var full = operands.Select(o => o with { Shape = [.. Enumerable.Repeat(1, rank - o.Shape.Length), .. o.Shape] }).ToArray();
        int[] shape = [.. Enumerable.Range(0, rank).Select(axis => full.Max(o => o.Shape[axis]))];
        return [.. full.Select(o => Fill(shape, i => o[[.. i.Select((v, axis) => Math.Min(v, o.Shape[axis] - 1))]]))];
    }
}
