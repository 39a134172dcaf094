using QatGen.Arithmetic;
using QatGen.Primitives;

namespace QatGen.Core.Tests;

public sealed class FactCheckerTests
{
    private readonly FactChecker _checker = new();

    [Fact]
    public void Conv_WithPadding_GivesAnInt32Map() =>
        Assert.Equal("[2, 8, 16, 10] qint32", _checker.Conv(Map(2, 3, 16, 10), Weight(8, 3, 3, 3), Bias(8), new(PadTop: 1, PadLeft: 1, PadBottom: 1, PadRight: 1)).ToString());

    [Fact]
    public void Conv_OfAnUnknownShape_IsUnknownAndNoViolation()
    {
        Assert.False(_checker.Conv(Fact.Unknown(DType.QInt8), Weight(8, 3, 3, 3), Bias(8), new()).IsKnown);
        Assert.Empty(_checker.Violations);
    }

    [Fact]
    public void Conv_OfOtherChannels_IsAViolation() => Expect(ShapeRules.Channels, c => c.Conv(Map(1, 5, 8, 8), Weight(8, 3, 3, 3), Bias(8), new()));

    [Fact]
    public void Conv_LargerThanTheMap_IsAViolation() => Expect(ShapeRules.EmptyOutput, c => c.Conv(Map(1, 3, 2, 2), Weight(8, 3, 3, 3), Bias(8), new()));

    [Fact]
    public void Conv_OfAVector_IsAViolation() => Expect(ShapeRules.Rank, c => c.Conv(Map(1, 3), Weight(8, 3, 3, 3), Bias(8), new()));

    [Fact]
    public void Rescale_OfDifferentShapes_IsAViolation() => Expect(ShapeRules.TermShapes, c => c.Rescale([Map(1, 3, 4, 4), Map(1, 3, 4, 5)], Lanes(LaneKind.Tensor, 1)));

    [Fact]
    public void Rescale_WithLanesOfOtherChannels_IsAViolation() => Expect(ShapeRules.Lanes, c => c.Rescale([Map(1, 3, 4, 4)], Lanes(LaneKind.Channel, 5)));

    [Fact]
    public void Rescale_PerChannel_TakesTheConstantsType()
    {
        Assert.Equal("[1, 3, 4, 4] qint8", _checker.Rescale([Map(1, 3, 4, 4)], Lanes(LaneKind.Channel, 3)).ToString());
        Assert.Empty(_checker.Violations);
    }

    [Fact]
    public void Concat_OfDifferentRows_IsAViolation() => Expect(ShapeRules.ConcatShapes, c => c.Concat([Map(1, 3, 4, 4), Map(1, 3, 5, 4)], Lanes(LaneKind.Input, 2), 1));

    [Fact]
    public void Concat_OfTheBatch_IsAViolation() => Expect(ShapeRules.ConcatShapes, c => c.Concat([Map(1, 3), Map(1, 3)], Lanes(LaneKind.Input, 2), 0));

    [Fact]
    public void Concat_WithAConstant_RepeatsItOverTheBatch() => Assert.Equal("[5, 4, 4] qint8", _checker.Concat([_checker.Constant(Map(1, 1, 4)), Map(5, 3, 4)], Lanes(LaneKind.Input, 2), 1).ToString());

    [Fact]
    public void Concat_OfConstantsOnly_IsAViolation() => Expect(ShapeRules.ConstantOperand, c => c.Concat([c.Constant(Map(1, 1, 4)), c.Constant(Map(1, 3, 4))], Lanes(LaneKind.Input, 2), 1));

    [Fact]
    public void Concat_OfAConstantWithFrames_IsAViolation() => Expect(ShapeRules.ConcatShapes, c => c.Concat([c.Constant(Map(5, 1, 4)), Map(5, 3, 4)], Lanes(LaneKind.Input, 2), 1));

    [Fact]
    public void Concat_OfRows_AddsThem() => Assert.Equal("[1, 3, 9, 4] qint8", _checker.Concat([Map(1, 3, 4, 4), Map(1, 3, 5, 4)], Lanes(LaneKind.Input, 2), 2).ToString());

    [Fact]
    public void Reshape_ToAnotherSize_IsAViolation() => Expect(ShapeRules.Reshape, c => c.Reshape(Map(1, 3, 4, 4), [0, 47]));

    [Fact]
    public void Reshape_ThatMixesFrames_IsAViolation() => Expect(ShapeRules.Batch, c => c.Reshape(Map(2, 3, 4, 4), [-1]));

    [Fact]
    public void Reshape_WithOneInferredSize_KeepsTheElements() => Assert.Equal("[2, 48] qint8", _checker.Reshape(Map(2, 3, 4, 4), [0, -1]).ToString());

    [Fact]
    public void Violation_NamesTheLayer()
    {
        _checker.Layer("layer1.0.conv1");
        _checker.Conv(Map(1, 5, 8, 8), Weight(8, 3, 3, 3), Bias(8), new());
        var thrown = Assert.Throws<QatGenException>(_checker.ThrowIfBroken);
        Assert.StartsWith("QG2003 at 'layer1.0.conv1': ", thrown.Message, StringComparison.Ordinal);
    }

    private void Expect(Rule rule, Action<FactChecker> run)
    {
        run(_checker);
        Assert.Equal([rule], _checker.Violations.Select(static v => v.Rule));
    }

    private static Fact Map(params int[] shape) => Fact.Of(new(shape), DType.QInt8);

    private static Fact Weight(params int[] shape) => Fact.Of(new(shape), DType.QInt8);

    private static Fact Bias(int channels) => Fact.Of(new(channels), DType.QInt32);

    private static Fact Lanes(LaneKind kind, int count) => new(Seq<int>.Empty, DType.QInt8, Lanes: new(kind, count, 0));
}
