using QatGen.Arithmetic;

namespace QatGen.Core.Tests;

public sealed class QuantizationTests
{
    [Theory]
    [InlineData(-2.9943717f, 1f, 0.0234853f)]
    [InlineData(-1.47f, 1.2f, 0.0115294f)]
    [InlineData(0f, 0.9995295f, 0.0078394f)]
    public void Scale_OfPrintedRanges_IsThePrintedScale(float min, float max, float printed) => Assert.Equal(printed, Quantization.Scale(min, max), 1e-7f);

    [Fact]
    public void Scale_OfNothing_IsTheSmallest()
    {
        Assert.Equal(Quantization.SmallestScale, Quantization.Scale(0, 0));
        Assert.Equal(Quantization.SmallestScale, Quantization.Scale(1, -1)); // an empty range
        Assert.Equal(0, Quantization.SmallestScale - MathF.Pow(2, -23));
    }

    [Fact]
    public void Scale_OfInt16_DividesBy32767AndAHalf() => Assert.Equal(1f, Quantization.Scale(-32767.5f, 0, DType.QInt16));

    [Fact]
    public void Quantize_EveryInt8_IsItsOwnRoundTrip()
    {
        foreach (var scale in new[] { 0.0234853f, 1f / 128, 3e-7f, 7.5f, Quantization.SmallestScale })
        {
            for (var q = -128; q <= 127; q++)
            {
                Assert.Equal(q, Quantization.Quantize((float)(q * (double)scale), scale));
            }
        }
    }

    [Fact]
    public void Quantize_Halves_GoTowardPlusInfinity()
    {
        for (var q = -128; q < 127; q++)
        {
            Assert.Equal(q + 1, Quantization.Quantize((q + 0.5) * 0.25, 0.25));
        }
    }

    [Theory]
    [InlineData(double.PositiveInfinity, 127)]
    [InlineData(double.NegativeInfinity, -128)]
    [InlineData(1e30, 127)]
    [InlineData(-1e30, -128)]
    public void Quantize_OutOfRange_Saturates(double x, int expected) => Assert.Equal(expected, Quantization.Quantize(x, 0.1));

    [Fact]
    public void WeightScale_OfADeadChannel_HoldsItsBias()
    {
        const double Input = 0.01;
        var scale = Quantization.WeightScale(Quantization.SmallestScale, 5.0, Input);
        Assert.InRange(5.0 / (Input * scale), (1 << 28) * 0.999999, (1 << 28) * 1.000001);
        Assert.Equal(Quantization.Scale(0, 0.5f), Quantization.WeightScale(Quantization.Scale(0, 0.5f), 0.001, Input));
    }

    [Fact]
    public void Limits_OfRelu6_StopAtSixOrTheType()
    {
        Assert.Equal((0, 60), Quantization.Limits(ClampRange.Relu6, 0.1, DType.QInt8));
        Assert.Equal((0, 127), Quantization.Limits(ClampRange.Relu6, 0.01, DType.QInt8));
        Assert.Equal((0, 127), Quantization.Limits(ClampRange.Relu, 0.1, DType.QInt8));
        Assert.Equal((-128, 127), Quantization.Limits(ClampRange.None, 0.1, DType.QInt8));
    }
}
