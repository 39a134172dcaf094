using QatGen.Primitives;

namespace QatGen.Core.Tests;

/// <summary>Which positions there are, and which index picks from what.</summary>
public sealed class FactCheckerIndexTests
{
    [Theory]
    [InlineData(new[] { 2, 5, 3 }, 1, 1, new[] { 2, 1, 3 })]
    [InlineData(new[] { 2, 5, 3 }, -1, 0, new[] { 2, 5, 3 })]
    [InlineData(new[] { 2, 5 }, 1, 5, new[] { 2, 5 })]
    [InlineData(new[] { 2, -1, 3 }, 1, 4, new[] { 2, 4, 3 })]
    public void TopK_Positions_AreAnIndex(int[] shape, int axis, int count, int[] result)
    {
        var checker = new FactChecker();
        Assert.Equal(Fact.Of(new(result), DType.QInt32), checker.TopK(Fact.Of(new(shape), DType.QInt16), new(axis, count)));
        Assert.Empty(checker.Violations);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 1)]
    [InlineData(-3, 1)]
    [InlineData(1, 6)]
    [InlineData(1, -1)]
    public void TopK_PositionsThatAreNotThere_AreRefused(int axis, int count) =>
        Assert.Equal([ShapeRules.Ranking], Rules(c => c.TopK(Fact.Of(new(2, 5, 3), DType.QInt8), new(axis, count))));

    [Fact]
    public void TopK_Accumulator_IsRefused() => Assert.Equal([ShapeRules.OperandType], Rules(static c => c.TopK(Fact.Of(new(2, 5), DType.QInt32), new(1, 1))));

    [Theory]
    [InlineData(new[] { 2, 5, 3 }, new[] { 2, 4, 3 }, 1, false, new[] { 2, 4, 3 })]
    [InlineData(new[] { 2, 5, 3 }, new[] { 2, 9, 1 }, 1, false, new[] { 2, 9, 1 })]
    [InlineData(new[] { 2, 5, 3 }, new[] { 2, 9, 1 }, 1, true, new[] { 2, 9, 3 })]
    [InlineData(new[] { 2, 1, 3 }, new[] { 2, 5, 4 }, -1, true, new[] { 2, 5, 4 })]
    [InlineData(new[] { 2, -1, 3 }, new[] { 2, 4, 3 }, 1, false, new[] { 2, 4, 3 })]
    public void Gather_IndexThatFits_GivesItsShape(int[] data, int[] index, int axis, bool repeats, int[] result)
    {
        var checker = new FactChecker();
        Assert.Equal(Fact.Of(new(result), DType.QInt16), checker.Gather(Fact.Of(new(data), DType.QInt16), Fact.Of(new(index), DType.QInt32), new(axis, repeats)));
        Assert.Empty(checker.Violations);
    }

    [Theory]
    [InlineData(new[] { 2, 4, 4 }, 1, false)]
    [InlineData(new[] { 2, 4, 2 }, 1, true)]
    [InlineData(new[] { 2, 4 }, 1, false)]
    [InlineData(new[] { 1, 4, 3 }, 1, true)]
    [InlineData(new[] { 2, 5, 3 }, 0, false)]
    [InlineData(new[] { 2, 5, 3 }, 3, true)]
    public void Gather_IndexThatDoesNotFit_IsRefused(int[] index, int axis, bool repeats) =>
        Assert.Equal([ShapeRules.Gathering], Rules(c => c.Gather(Fact.Of(new(2, 5, 3), DType.QInt8), Fact.Of(new(index), DType.QInt32), new(axis, repeats))));

    [Fact]
    public void Gather_Constants_HaveNoBatch()
    {
        var (table, ids) = (Fact.Of(new(7, 4), DType.QInt8) with { IsConstant = true }, Fact.Of(new(2, 9, 1), DType.QInt32));
        Assert.Empty(Rules(c => Assert.Equal(Fact.Of(new(2, 9, 4), DType.QInt8), c.Gather(table, ids, new(-2, Repeats: true)))));
        Assert.Contains(ShapeRules.ConstantOperand, Rules(c => c.Gather(table, ids, new(-2))));
        Assert.Contains(ShapeRules.ConstantOperand, Rules(c => c.Gather(table, Fact.Of(new(4), DType.QInt32) with { IsConstant = true }, new(-1, Repeats: true))));
    }

    [Fact]
    public void Gather_ByAnotherTensor_IsRefused() =>
        Assert.Equal([ShapeRules.IndexType], Rules(static c => c.Gather(Fact.Of(new(2, 5), DType.QInt8), Fact.Of(new(2, 5), DType.QInt8), new(1))));

    private static IReadOnlyList<Rule> Rules(Action<FactChecker> program)
    {
        var checker = new FactChecker();
        program(checker);
        return [.. checker.Violations.Select(static v => v.Rule)];
    }
}
