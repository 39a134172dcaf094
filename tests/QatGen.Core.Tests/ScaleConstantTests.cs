using QatGen.Primitives;

namespace QatGen.Core.Tests;

/// <summary>Whole numbers are exact: 16 bits times a float32's mantissa is exact in double.</summary>
public sealed class ScaleConstantTests
{
    public static TheoryData<float> Scales => [1f / 128, 0.5f, 0.1f, 1f, 1.5f, 0.0234853f, 1f / (1 << 23), 3f / 32767.5f, 3051.7f, 7812.4f];

    [Theory]
    [MemberData(nameof(Scales))]
    public void Round_EveryInt16_IsThatOfTheRealValue(float scale)
    {
        var constant = ScaleConstant.Create(scale);
        Assert.Equal(scale, Math.ScaleB(constant.Multiplier, -constant.Shift));
        Assert.InRange(constant.Shift, 1, ScaleConstant.LargestShift);
        for (int q = short.MinValue; q <= short.MaxValue; q++)
        {
            var real = q * (double)scale;
            Assert.Equal(Math.Floor(real), constant.Round(ElementwiseKind.Floor, q));
            Assert.Equal(Math.Ceiling(real), constant.Round(ElementwiseKind.Ceil, q));
            Assert.Equal(Math.Truncate(real), constant.Round(ElementwiseKind.Trunc, q));
            Assert.Equal(Math.Round(real, MidpointRounding.ToEven), constant.Round(ElementwiseKind.Round, q));
        }
    }
}
