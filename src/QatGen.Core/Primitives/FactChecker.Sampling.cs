namespace QatGen.Primitives;

/// <summary>Resizes and sampling.</summary>
public sealed partial class FactChecker
{
    public Fact Resize(Fact x, ResizeGeometry geometry)
    {
        NotConstant(x);
        if (!x.IsKnown || x.Shape.Skip(2).Any(static d => d < 0))
        {
            return Fact.Unknown(DType.QInt32);
        }

        Expect(x.DType != DType.QInt32, ShapeRules.SampledType, x.ToString());
        try
        {
            return Fact.Of(geometry.For(x.Shape, x.DType).Output, DType.QInt32);
        }
        catch (SamplingException e)
        {
            Expect(false, ShapeRules.Sampling, x.ToString(), e.Message);
            return Fact.Unknown(DType.QInt32);
        }
    }

    public Fact GridSample(Fact x, Fact grid, Fact constant, GridMode mode)
    {
        NotConstant(x);
        NotConstant(grid);
        if (!HasRank(x, 4) || !HasRank(grid, 4) || !x.IsKnown || !grid.IsKnown)
        {
            return Fact.Unknown(DType.QInt32);
        }

        foreach (var wide in new[] { x, grid }.Where(static f => f.DType == DType.QInt32))
        {
            Expect(false, ShapeRules.SampledType, wide.ToString());
        }

        Expect(Same(grid.Shape[3], 2) && Same(grid.Shape[0], x.Shape[0]), ShapeRules.Grid, grid.ToString(), x.ToString());
        return Fact.Of(new(x.Shape[0], x.Shape[1], grid.Shape[1], grid.Shape[2]), DType.QInt32);
    }
}
