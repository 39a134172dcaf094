namespace QatGen.Primitives;

/// <summary>Primitives that work element by element, and how their operands broadcast.</summary>
public sealed partial class FactChecker
{
    public Fact Constant(Fact tensor) => tensor with { IsConstant = true };

    public Fact Mul(Fact x, Fact y)
    {
        Expect(x.DType != DType.QInt32 && y.DType != DType.QInt32, ShapeRules.OperandType, x.ToString(), y.ToString());
        return Broadcast([x, y], DType.QInt32);
    }

    public Fact MatMul(Fact x, Fact y)
    {
        NotConstant(x);
        Expect(x.DType != DType.QInt32 && y.DType != DType.QInt32, ShapeRules.OperandType, x.ToString(), y.ToString());
        if (!x.IsKnown || !y.IsKnown)
        {
            return Fact.Unknown(DType.QInt32);
        }

        var (rank, missing) = (x.Rank, y.IsConstant ? Math.Max(0, x.Rank - y.Rank) : 0);
        var right = Enumerable.Repeat(1, missing).Concat(y.Shape).ToArray();
        var fits = rank > 2 && right.Length == rank && y.Rank > 1 && Same(x.Shape[rank - 1], right[rank - 2]) && (!y.IsConstant || right[0] == 1)
            && Enumerable.Range(0, rank - 2).All(axis => Same(x.Shape[axis], right[axis]) || (y.IsConstant && right[axis] == 1));
        Expect(fits, ShapeRules.Matrices, x.ToString(), y.ToString());
        return fits ? Fact.Of(new([.. x.Shape.Take(rank - 1), right[rank - 1]]), DType.QInt32) : Fact.Unknown(DType.QInt32);
    }

    public Fact Elementwise(ElementwiseKind kind, Fact[] operands, Fact constant)
    {
        var wide = operands.FirstOrDefault(static o => o.DType == DType.QInt32);
        Expect(wide is null, ShapeRules.OperandType, wide?.ToString() ?? "", operands[0].ToString());
        return Broadcast(operands, constant.DType);
    }

    /// <summary>
    /// The shape of operands that broadcast: dimensions are matched from the last one, and one of 1 or a missing one repeats. The batch does not: what is no constant has all dimensions and the same batch.
    /// </summary>
    private Fact Broadcast(Fact[] operands, DType type)
    {
        var known = operands.Where(static o => o.IsKnown).ToArray();
        if (operands.All(static o => o.IsConstant))
        {
            Expect(false, ShapeRules.ConstantOperand, operands[0].ToString());
            return Fact.Unknown(type);
        }

        if (known.Length == 0 || operands.Any(static o => !o.IsKnown && !o.IsConstant))
        {
            return Fact.Unknown(type);
        }

        var rank = known.Max(static k => k.Rank);
        var shape = new int[rank];
        for (var axis = 0; axis < rank; axis++)
        {
            var sizes = known.Where(k => k.Rank >= rank - axis).Select(k => k.Shape[k.Rank - rank + axis]).ToArray();
            var size = sizes.FirstOrDefault(static s => s > 1);
            shape[axis] = size > 1 ? size : sizes.Contains(0) ? 0
                : sizes.Contains(Fact.UnknownDimension) || (axis > 0 && known.Length < operands.Length) ? Fact.UnknownDimension : 1;
            var fits = sizes.All(s => s <= 1 || s == size);
            Expect(fits, ShapeRules.TermShapes, known[0].ToString(), known[known.Length - 1].ToString());
            if (!fits)
            {
                return Fact.Unknown(type);
            }
        }

        var batch = known.FirstOrDefault(static k => !k.IsConstant) is { Rank: > 0 } frames ? frames.Shape[0] : shape.FirstOrDefault();
        var wrong = known.FirstOrDefault(k => k.IsConstant ? k.Rank == rank && k.Shape[0] > 1 : k.Rank != rank || !Same(k.Shape[0], batch));
        Expect(wrong is null, ShapeRules.BatchBroadcast, wrong?.ToString() ?? "", new Fact(new(shape), type).ToString());
        return new(new(shape), type);
    }

    private void NotConstant(Fact x) => Expect(!x.IsConstant, ShapeRules.ConstantOperand, x.ToString());
}
