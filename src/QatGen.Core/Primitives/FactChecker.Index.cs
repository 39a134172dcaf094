namespace QatGen.Primitives;

/// <summary>Positions, and what is read at positions.</summary>
public sealed partial class FactChecker
{
    public Fact TopK(Fact x, Ranking ranking)
    {
        NotConstant(x);
        Expect(x.DType != DType.QInt32, ShapeRules.OperandType, x.ToString(), x.ToString());
        if (!x.IsKnown)
        {
            return Fact.Unknown(DType.QInt32);
        }

        var output = ranking.Output(x.Shape);
        Expect(output.Count > 0, ShapeRules.Ranking, Text(ranking.Count), Axis(ranking.Axis), x.ToString());
        return output.Count > 0 ? Fact.Of(output, DType.QInt32) : Fact.Unknown(DType.QInt32);
    }

    public Fact Gather(Fact data, Fact index, Gathering gathering)
    {
        Expect(index.DType == DType.QInt32, ShapeRules.IndexType, index.ToString());
        if (!gathering.Repeats || (data.IsConstant && index.IsConstant))
        {
            NotConstant(data);
            NotConstant(index);
        }

        if (!data.IsKnown || !index.IsKnown)
        {
            return Fact.Unknown(data.DType);
        }

        // The batch is that of what is computed.
        var output = gathering.Output(data.Shape, index.Shape);
        var fits = output.Count > 0 && new[] { data, index }.All(f => f.IsConstant ? f.Rank < output.Count || f.Shape[0] == 1 : f.Rank == output.Count && Same(f.Shape[0], output[0]));
        Expect(fits, ShapeRules.Gathering, index.ToString(), Axis(gathering.Axis), data.ToString());
        return fits ? Fact.Of(output, data.DType) : Fact.Unknown(data.DType);
    }

    private static string Axis(int axis) => axis.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
