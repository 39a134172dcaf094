using QatGen.Primitives;

namespace QatGen.Core.Tests;

/// <summary>What broadcasts, and what does not.</summary>
public sealed class FactCheckerElementwiseTests
{
    [Theory]
    [InlineData(new[] { 2, 5, 3, 7 }, new[] { 2, 1, 3, 1 }, new[] { 2, 5, 3, 7 })]
    [InlineData(new[] { 2, 1, 3 }, new[] { 2, 5, 1 }, new[] { 2, 5, 3 })]
    [InlineData(new[] { 2, -1, 3 }, new[] { 2, 1, -1 }, new[] { 2, -1, 3 })]
    public void Mul_ThatBroadcasts_HasTheCommonShape(int[] x, int[] y, int[] result)
    {
        var checker = new FactChecker();
        Assert.Equal(Fact.Of(new(result), DType.QInt32), checker.Mul(Int8(x), Int8(y)));
        Assert.Empty(checker.Violations);
    }

    [Fact]
    public void Mul_WithAConstantOfFewerDimensions_RepeatsIt()
    {
        var checker = new FactChecker();
        Assert.Equal(Fact.Of(new(2, 5, 3, 7), DType.QInt32), checker.Mul(Int8(2, 5, 3, 7), checker.Constant(Int8(5, 1, 1))));
        Assert.Equal(Fact.Of(new(2, 5, 3, 7), DType.QInt32), checker.Mul(Int8(2, 1, 3, 7), checker.Constant(Int8(1, 5, 1, 1))));
        Assert.Empty(checker.Violations);
    }

    [Fact]
    public void Mul_WithAConstantOfUnknownShape_LeavesOpenWhereItCouldRepeat()
    {
        var checker = new FactChecker();
        Assert.Equal(Fact.Of(new(2, 5, -1), DType.QInt32), checker.Mul(Int8(2, 5, 1), Fact.Unknown(DType.QInt8) with { IsConstant = true }));
        Assert.Empty(checker.Violations);
    }

    [Fact]
    public void Operands_ThatDoNotBroadcast_AreRefused()
    {
        Assert.Equal([ShapeRules.TermShapes], Rules(static c => c.Mul(Int8(2, 5, 3), Int8(2, 4, 3))));
        Assert.Equal([ShapeRules.TermShapes], Rules(static c => c.Mul(Int8(2, 5, 3), Int8(3, 5, 3))));
        Assert.Equal([ShapeRules.BatchBroadcast], Rules(static c => c.Mul(Int8(2, 5, 3), Int8(5, 3))));
        Assert.Equal([ShapeRules.BatchBroadcast], Rules(static c => c.Mul(Int8(2, 5, 3), Int8(1, 5, 3))));
        Assert.Equal([ShapeRules.BatchBroadcast], Rules(static c => c.Mul(Int8(2, 5), c.Constant(Int8(2, 5)))));
        Assert.Equal([ShapeRules.OperandType], Rules(static c => c.Mul(Int8(2, 5), Fact.Of(new(2, 5), DType.QInt32))));
    }

    [Fact]
    public void Constants_WhereABatchIsNeeded_AreRefused()
    {
        Assert.Equal([ShapeRules.ConstantOperand], Rules(static c => c.Mul(c.Constant(Int8(5)), c.Constant(Int8(5)))));
        Assert.Equal([ShapeRules.ConstantOperand], Rules(static c => c.MaxPool(c.Constant(Int8(1, 2, 4, 4)), new(2, 2))));
        Assert.Equal([ShapeRules.ConstantOperand], Rules(static c => c.Reshape(c.Constant(Int8(1, 2, 4)), [0, -1])));
    }

    [Theory]
    [InlineData(1.0, 0.5)]
    [InlineData(0.1, 0.3)]
    [InlineData(1e-6, 250)]
    [InlineData(3000, 1.2e-7)]
    public void Compare_AnyScales_IsExactOnTheReals(double scaleX, double scaleY)
    {
        var (a, b) = ((float)scaleX, (float)scaleY);
        var constant = CompareConstant.Create(a, b);
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            // An exact product in double, as 16 bits meet 24.
            var (x, y) = (random.Next(-32768, 32768), random.Next(4) == 0 ? (int)Math.Clamp(Math.Round(random.Next(-100, 100) * a / (double)b), -32768, 32767) : random.Next(-32768, 32768));
            Assert.Equal((double)x * a < (double)y * b, constant.Holds(ElementwiseKind.Less, x, y));
            Assert.Equal((double)x * a == (double)y * b, constant.Holds(ElementwiseKind.Equal, x, y));
        }
    }

    private static Fact Int8(params int[] shape) => Fact.Of(new(shape), DType.QInt8);

    private static IEnumerable<Rule> Rules(Func<FactChecker, Fact> call)
    {
        var checker = new FactChecker();
        call(checker);
        return checker.Violations.Select(static v => v.Rule);
    }
}
