namespace QatGen.Core.Tests;

/// <summary>Results of a filter as pixels.</summary>
public sealed class FilteredPixelTests
{
    private static readonly float[][] Results = [[3, 1, 2, 2], [5, 6, 7, 8], [11, 0, 4, 9], [1, 2, 3, 4, 5, 6, 7, 8], [9, 8, 7, 6]];

    [Fact]
    public void PixelsAtTheThreshold_AreReadWithTheirData()
    {
        var frames = FilteredPixel.Read(Results, frames: 2, width: 4, threshold: 2);
        Assert.Equal([1, 2], frames.Select(static f => f.Count));
        Assert.Equal(new(3, 5, 2, 3, new(new(1, 2), new(9))), frames[0][0]);
        Assert.Equal(new(2, 8, 2, 1, new(new(7, 8), new(6))), frames[1][1]);
        Assert.All(FilteredPixel.Read(Results, 2, 4, 3.5), static f => Assert.Empty(f));
    }

    [Theory]
    [InlineData(5, 3, 4)]
    [InlineData(5, 0, 4)]
    [InlineData(5, 2, 0)]
    [InlineData(3, 2, 4)]
    [InlineData(0, 2, 4)]
    public void OtherResults_AreRefused(int count, int frames, int width) =>
        Assert.Contains("none of a Filter layer", Assert.Throws<ArgumentException>(() => FilteredPixel.Read([.. Results.Take(count)], frames, width, 0)).Message);

    [Fact]
    public void ResultsThatDoNotFit_AreRefused() => Assert.All(
        Enumerable.Range(1, 4), static i => Assert.Throws<ArgumentException>(() => FilteredPixel.Read([.. Results.Select((r, j) => j == i ? r[..3] : r)], 2, 4, 0)));
}
