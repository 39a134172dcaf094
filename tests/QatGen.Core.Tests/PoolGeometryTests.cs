using QatGen.Primitives;

namespace QatGen.Core.Tests;

public sealed class PoolGeometryTests
{
    [Fact]
    public void OutputHeight_CeilMode_LastWindowStartsInsideTheInputOrItsPadding()
    {
        for (var size = 1; size < 20; size++)
        {
            for (var kernel = 1; kernel <= 5; kernel++)
            {
                for (var stride = 1; stride <= 5; stride++)
                {
                    for (var pad = 0; pad <= kernel / 2; pad++)
                    {
                        var floor = new PoolGeometry(kernel, kernel, stride, stride, pad, pad).OutputHeight(size);
                        var ceil = new PoolGeometry(kernel, kernel, stride, stride, pad, pad, CeilMode: true).OutputHeight(size);
                        Assert.InRange(ceil - floor, 0, 1);
                        Assert.True(floor == 0 || ((floor - 1) * stride) + kernel <= size + (2 * pad));
                        Assert.True(ceil == 0 || (ceil - 1) * stride < size + pad);
                    }
                }
            }
        }
    }

    [Fact]
    public void Divisors_PaddingNotCounted_AreTheRealElements()
    {
        // 3x3 windows, stride 2, padding 1 over 4x4: windows start at -1 and 1.
        Assert.Equal([4, 6, 6, 9], new AverageCount(IncludePad: false).Divisors(new(3, 3, 2, 2, 1, 1), 4, 4));
        Assert.Equal([9, 9, 9, 9], new AverageCount().Divisors(new(3, 3, 2, 2, 1, 1), 4, 4));
        Assert.Equal([5, 5, 5, 5], new AverageCount(DivisorOverride: 5).Divisors(new(3, 3, 2, 2, 1, 1), 4, 4));
    }

    [Fact]
    public void Divisors_CeilMode_CutTheWindowAtThePaddedBorder() =>
        Assert.Equal([4, 2, 2, 1], new AverageCount().Divisors(new(2, 2, 2, 2, CeilMode: true), 3, 3));

    [Fact]
    public void Divisors_Global_IsTheWholeMap() => Assert.Equal([35], new AverageCount().Divisors(PoolGeometry.Global, 5, 7));

    [Fact]
    public void Divisors_AdaptiveToNoDivisor_AreThoseOfOverlappingWindows()
    {
        // 3 windows over 7 rows are 0..3, 2..5 and 4..7; 2 over 3 columns are 0..2 and 1..3.
        Assert.Equal([6, 6, 6, 6, 6, 6], new AverageCount().Divisors(PoolGeometry.Adaptive(3, 2), 7, 3));
        Assert.Equal([3, 4, 3], new AverageCount().Divisors(PoolGeometry.Adaptive(1, 3), 1, 8));
    }

    [Fact]
    public void For_AdaptiveToADivisor_IsThatKernel() => Assert.Equal(new PoolGeometry(3, 2, 3, 2), PoolGeometry.Adaptive(2, 4).For(6, 8));

    [Fact]
    public void Rows_AdaptiveToAnySize_CoverTheMapInOrder()
    {
        for (var size = 1; size < 20; size++)
        {
            for (var outputs = 1; outputs < 25; outputs++)
            {
                var windows = Enumerable.Range(0, outputs).Select(o => PoolGeometry.Adaptive(outputs, 1).Rows(o, size)).ToArray();
                Assert.Equal((0, size), (windows[0].Start, windows[^1].Start + windows[^1].Count));
                Assert.All(windows, w => Assert.True(w.Start >= 0 && w.Count > 0 && w.Start + w.Count <= size));
                Assert.All(windows.Zip(windows.Skip(1)), static p => Assert.True(p.Second.Start >= p.First.Start && p.Second.Start <= p.First.Start + p.First.Count));
            }
        }
    }
}
