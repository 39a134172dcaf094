using QatGen.Primitives;

namespace QatGen.Core.Tests;

/// <summary>Each comparison of integers at two scales, where the reals are equal and a step apart.</summary>
public sealed class CompareConstantTests
{
    [Theory]
    [InlineData(1, 1, 5, 5)]
    [InlineData(2, 1, 3, 6)]
    [InlineData(0.75, 0.25, -4, -12)]
    [InlineData(1 / 1048576.0, 1, 0, 0)]
    [InlineData(3, 1 / 32768.0, 0, 0)]
    public void Holds_ForEqualReals_AndAStepApart(double scaleX, double scaleY, int x, int y)
    {
        var constant = CompareConstant.Create(scaleX, scaleY);
        (ElementwiseKind Kind, bool Equal, bool Less, bool Greater)[] kinds =
        [
            (ElementwiseKind.Equal, true, false, false), (ElementwiseKind.NotEqual, false, true, true), (ElementwiseKind.Less, false, true, false),
            (ElementwiseKind.LessOrEqual, true, true, false), (ElementwiseKind.Greater, false, false, true), (ElementwiseKind.GreaterOrEqual, true, false, true),
        ];
        Assert.All(kinds, k => Assert.Equal((k.Equal, k.Less, k.Greater), (constant.Holds(k.Kind, x, y), constant.Holds(k.Kind, x - 1, y), constant.Holds(k.Kind, x + 1, y))));
    }
}
