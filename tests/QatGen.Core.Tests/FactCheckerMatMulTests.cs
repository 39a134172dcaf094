using QatGen.Primitives;

namespace QatGen.Core.Tests;

/// <summary>Which matrices can be multiplied.</summary>
public sealed class FactCheckerMatMulTests
{
    [Theory]
    [InlineData(new[] { 2, 5, 7 }, new[] { 2, 7, 3 }, new[] { 2, 5, 3 })]
    [InlineData(new[] { 2, 4, 5, 7 }, new[] { 2, 4, 7, 1 }, new[] { 2, 4, 5, 1 })]
    [InlineData(new[] { 2, -1, 7 }, new[] { 2, -1, 3 }, new[] { 2, -1, 3 })]
    public void MatMul_ThatFits_HasTheOuterSizes(int[] x, int[] y, int[] result)
    {
        var checker = new FactChecker();
        Assert.Equal(Fact.Of(new(result), DType.QInt32), checker.MatMul(Int8(x), Int8(y)));
        Assert.Empty(checker.Violations);
    }

    [Theory]
    [InlineData(7, 3)]
    [InlineData(4, 7, 3)]
    [InlineData(1, 1, 7, 3)]
    public void MatMul_ByAConstant_RepeatsIt(params int[] y)
    {
        var checker = new FactChecker();
        Assert.Equal(Fact.Of(new(2, 4, 5, 3), DType.QInt32), checker.MatMul(Int8(2, 4, 5, 7), checker.Constant(Int8(y))));
        Assert.Empty(checker.Violations);
    }

    [Fact]
    public void MatMul_ThatDoesNotFit_IsRefused()
    {
        Assert.Equal([ShapeRules.Matrices], Rules(static c => c.MatMul(Int8(2, 5, 7), Int8(2, 6, 3))));
        Assert.Equal([ShapeRules.Matrices], Rules(static c => c.MatMul(Int8(2, 5, 7), Int8(1, 7, 3))));
        Assert.Equal([ShapeRules.Matrices], Rules(static c => c.MatMul(Int8(2, 4, 5, 7), Int8(2, 1, 7, 3))));
        Assert.Equal([ShapeRules.Matrices], Rules(static c => c.MatMul(Int8(5, 7), Int8(7, 3))));
        Assert.Equal([ShapeRules.Matrices], Rules(static c => c.MatMul(Int8(2, 5, 7), c.Constant(Int8(2, 7, 3)))));
        Assert.Equal([ShapeRules.Matrices], Rules(static c => c.MatMul(Int8(2, 5, 7), c.Constant(Int8(7)))));
        Assert.Equal([ShapeRules.ConstantOperand], Rules(static c => c.MatMul(c.Constant(Int8(2, 5, 7)), Int8(2, 7, 3))));
        Assert.Equal([ShapeRules.OperandType], Rules(static c => c.MatMul(Fact.Of(new(2, 5, 7), DType.QInt32), Int8(2, 7, 3))));
    }

    [Fact]
    public void Macs_AreThoseOfEveryProduct()
    {
        var cost = new CostChecker();
        cost.MatMul(Int8(2, 4, 5, 7), Int8(2, 4, 7, 3));
        Assert.Equal(2 * 4 * 5 * 7 * 3, cost.Macs);
    }

    private static Fact Int8(params int[] shape) => Fact.Of(new(shape), DType.QInt8);

    private static IEnumerable<Rule> Rules(Action<FactChecker> program)
    {
        var checker = new FactChecker();
        program(checker);
        return checker.Violations.Select(static v => v.Rule);
    }
}
