using QatGen.Primitives;

namespace QatGen.Core.Tests;

public sealed class ResizeTests
{
    /// <summary>Weights of whole factors are exact in both types: quarters for a doubling.</summary>
    [Theory]
    [InlineData(DType.QInt8)]
    [InlineData(DType.QInt16)]
    public void Plan_Doubling_HasQuarters(DType type)
    {
        var plan = new ResizeGeometry(Seq<int>.Empty, new(2.0, 2.0)).For(new(1, 3, 2, 3), type);
        Assert.Equal(new(1, 3, 4, 6), plan.Output);
        Assert.Equal(16, plan.Denominator);
        Assert.Equal(new(new(0, 1, 0), new(0, 1, 1), new(0, 1, 3), new(1, 1, 0)), plan.Rows.Taps);
    }

    /// <summary>Every position against PyTorch's formula in double, and exact as long as the denominators allow it.</summary>
    [Theory]
    [InlineData(DType.QInt8)]
    [InlineData(DType.QInt16)]
    public void Plan_AllSizes_ArePyTorchsPositions(DType type)
    {
        var largest = ResizeLine.LargestDenominator(type, 2);
        for (var input = 1; input < 60; input += 3)
        {
            for (var output = 1; output < 300; output += 7)
            {
                Assert.Equal(0, Error(ResizeLine.Of(input, output, null, true, largest), input, i => output > 1 ? i * (input - 1.0) / (output - 1) : 0), output <= largest ? 1e-9 : 0.5 / (largest / 2));
                Assert.Equal(0, Error(ResizeLine.Of(input, output, null, false, largest), input, i => ((i + 0.5) * input / output) - 0.5), 2 * output <= largest ? 1e-9 : 0.5 / (largest / 2));
                Assert.Equal(0, Error(ResizeLine.Of(input, output, 1.37, false, largest), input, static i => ((i + 0.5) / 1.37) - 0.5), 274 <= largest ? 1e-9 : 0.5 / (largest / 2));
                Assert.Equal(0, Error(ResizeLine.Of(input, output, Math.PI, false, largest), input, static i => ((i + 0.5) / Math.PI) - 0.5), 1.0 / largest);
            }
        }

        static double Error(ResizeLine line, int input, Func<int, double> position) => line.Taps.Select((t, i) =>
        {
            Assert.InRange(t.Weight, 0, line.Denominator - 1);
            return Math.Abs(t.First + ((double)t.Weight / line.Denominator) - Math.Clamp(position(i), 0, input - 1));
        }).Max();
    }

    [Theory]
    [InlineData(DType.QInt8, 1)]
    [InlineData(DType.QInt8, 2)]
    [InlineData(DType.QInt16, 1)]
    [InlineData(DType.QInt16, 2)]
    public void LargestDenominator_KeepsTheSumInInt32(DType type, int axes) =>
        Assert.InRange(type.Bound() * Math.Pow(ResizeLine.LargestDenominator(type, axes), axes), 1 << 30, int.MaxValue);

    [Fact]
    public void Check_SizesThatDoNotFit_NameTheLayer()
    {
        Assert.Equal("QG2040", Violation(new(1, 2, 3, 4), DType.QInt8, new(new(5), Seq<double>.Empty)).Rule.Id);
        Assert.Equal("QG2040", Violation(new(1, 2, 3, 4), DType.QInt8, new(Seq<int>.Empty, new(0.1, 1.0))).Rule.Id);
        Assert.Equal("QG2040", Violation(new(1, 2), DType.QInt8, new(Seq<int>.Empty, Seq<double>.Empty)).Rule.Id);
        Assert.Equal("QG2041", Violation(new(1, 2, 3, 4), DType.QInt32, new(new(5, 5), Seq<double>.Empty)).Rule.Id);
    }

    [Fact]
    public void Check_UnknownSize_IsNoViolation()
    {
        var checker = new FactChecker();
        Assert.Equal(Fact.Unknown(DType.QInt32), checker.Resize(Fact.Of(new(1, 2, -1, 4), DType.QInt8), new(new(5, 5), Seq<double>.Empty)));
        Assert.Empty(checker.Violations);
    }

    private static Violation Violation(Seq<int> shape, DType type, ResizeGeometry geometry)
    {
        var checker = new FactChecker();
        checker.Layer("neck.up");
        checker.Resize(Fact.Of(shape, type), geometry);
        var violation = Assert.Single(checker.Violations);
        Assert.Equal("neck.up", violation.Layer);
        return violation;
    }
}
