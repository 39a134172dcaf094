using QatGen.Primitives;

namespace QatGen.Core.Tests;

public sealed class GridTests
{
    /// <summary>Every integer of a grid against PyTorch's position in double: off by half a step and what the multiplier's own rounding adds.</summary>
    [Theory]
    [InlineData(DType.QInt8, 0.011, 37)]
    [InlineData(DType.QInt8, 0.03, 1024)]
    [InlineData(DType.QInt16, 0.00006, 37)]
    [InlineData(DType.QInt16, 0.00004, 1024)]
    public void Position_EveryInteger_IsPyTorchs(DType grid, double scale, int size)
    {
        foreach (var mode in from nearest in new[] { false, true } from border in new[] { false, true } from align in new[] { false, true } select new GridMode(nearest, border, align))
        {
            var constant = GridConstant.Create(scale, grid, DType.QInt8, size, size, mode, "sample");
            for (var q = grid.Min(); q <= grid.Max(); q++)
            {
                var g = scale * q;
                var real = mode.AlignCorners ? (g + 1) * (size - 1) / 2 : (((g + 1) * size) - 1) / 2;
                var expected = Math.Clamp(real, mode.RepeatsBorder ? 0 : -1, mode.RepeatsBorder ? size - 1 : size);
                Assert.Equal(expected, Math.ScaleB(constant.X(q, size, mode), -constant.Bits), 0.6 * Math.ScaleB(1, -constant.Bits));
                Assert.Equal(constant.X(q, size, mode), constant.Y(q, size, mode));
            }
        }
    }

    [Theory]
    [InlineData(-1.5, -2)]
    [InlineData(-0.5, 0)]
    [InlineData(-0.4375, 0)]
    [InlineData(-0.5625, -1)]
    [InlineData(0.5, 0)]
    [InlineData(0.5625, 1)]
    [InlineData(1.5, 2)]
    [InlineData(2.5, 2)]
    [InlineData(3, 3)]
    public void Nearest_Halfway_IsTheEvenElement(double position, int expected) => Assert.Equal(expected, new GridConstant(1, 1, 1, 4).Nearest((int)(position * 16)));

    [Fact]
    public void Create_ScaleWithoutShift_NamesTheLayer()
    {
        var violation = Assert.Single(Assert.Throws<QatGenException>(static () => GridConstant.Create(1e9, DType.QInt8, DType.QInt8, 64, 64, new(), "warp")).Violations);
        Assert.Equal((QuantizationRules.NoShift, "warp"), (violation.Rule, violation.Layer));
    }

    [Fact]
    public void Check_GridsThatDoNotFit_NameTheLayer()
    {
        Assert.Equal("QG2042", Violation(new(1, 2, 3, 4), new(1, 5, 5, 3)));
        Assert.Equal("QG2042", Violation(new(2, 2, 3, 4), new(1, 5, 5, 2)));
        Assert.Equal("QG2010", Violation(new(1, 2, 3), new(1, 5, 5, 2)));
        Assert.Equal("QG2041", Violation(new(1, 2, 3, 4), new(1, 5, 5, 2), DType.QInt32));
    }

    private static string Violation(Seq<int> map, Seq<int> grid, DType type = DType.QInt8)
    {
        var checker = new FactChecker();
        checker.Layer("warp");
        checker.GridSample(Fact.Of(map, type), Fact.Of(grid, DType.QInt8), Fact.Of(new GridConstant(1, 1, 1, 1)), new());
        var violation = Assert.Single(checker.Violations);
        Assert.Equal("warp", violation.Layer);
        return violation.Rule.Id;
    }
}
