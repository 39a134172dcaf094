using QatGen.Primitives;

namespace QatGen.Core.Tests;

/// <summary>Which axes can be reduced, and what is left of them.</summary>
public sealed class FactCheckerReduceTests
{
    [Theory]
    [InlineData(new[] { 2, 5, 3, 7 }, new[] { 1 }, new[] { 2, 1, 3, 7 })]
    [InlineData(new[] { 2, 5, 3, 7 }, new[] { -1, 2 }, new[] { 2, 5, 1, 1 })]
    [InlineData(new[] { 2, -1, 3 }, new[] { 1 }, new[] { 2, 1, 3 })]
    [InlineData(new[] { 2, 5 }, new[] { -1 }, new[] { 2, 1 })]
    public void Reduce_Axes_StayWithOneElement(int[] shape, int[] axes, int[] result)
    {
        var checker = new FactChecker();
        Assert.Equal(Fact.Of(new(result), DType.QInt32), checker.Reduce(Fact.Of(new(shape), DType.QInt16), new(ReduceKind.Sum, new(axes))));
        Assert.Equal(Fact.Of(new(result), DType.QInt16), checker.Reduce(Fact.Of(new(shape), DType.QInt16), new(ReduceKind.Minimum, new(axes))));
        Assert.Empty(checker.Violations);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    [InlineData(3)]
    [InlineData(1, 1)]
    [InlineData(1, -2)]
    [InlineData]
    public void Reduce_AxesThatDoNotFit_AreRefused(params int[] axes) =>
        Assert.Equal([ShapeRules.ReducedAxes], Rules(c => c.Reduce(Fact.Of(new(2, 5, 3), DType.QInt8), new(ReduceKind.Maximum, new(axes)))));

    [Fact]
    public void Reduce_Accumulator_IsRefused() =>
        Assert.Equal([ShapeRules.OperandType], Rules(static c => c.Reduce(Fact.Of(new(2, 5, 3), DType.QInt32), new(ReduceKind.Maximum, new(1)))));

    [Fact]
    public void Reduce_UnknownShape_StaysUnknown()
    {
        var checker = new FactChecker();
        Assert.Equal(Fact.Unknown(DType.QInt32), checker.Reduce(Fact.Unknown(DType.QInt8), new(ReduceKind.Mean, new(9))));
        Assert.Empty(checker.Violations);
    }

    private static IEnumerable<Rule> Rules(Action<FactChecker> program)
    {
        var checker = new FactChecker();
        program(checker);
        return checker.Violations.Select(static v => v.Rule);
    }
}
