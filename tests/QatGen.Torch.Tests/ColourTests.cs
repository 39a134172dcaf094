using static TorchSharp.torch;

namespace QatGen.Torch.Tests;

/// <summary>BT.601 by the numbers that the standard prints, and that conversions undo each other.</summary>
public sealed class ColourTests
{
    [Theory]
    [InlineData(Swing.Studio, 0, 0, 0, 16, 128, 128)]
    [InlineData(Swing.Studio, 255, 255, 255, 235, 128, 128)]
    [InlineData(Swing.Studio, 255, 0, 0, 81.481, 90.203, 240)]
    [InlineData(Swing.Studio, 0, 255, 0, 144.553, 53.797, 34.214)]
    [InlineData(Swing.Studio, 0, 0, 255, 40.966, 240, 109.786)]
    [InlineData(Swing.Full, 0, 0, 0, 0, 128, 128)]
    [InlineData(Swing.Full, 255, 255, 255, 255, 128, 128)]
    [InlineData(Swing.Full, 255, 0, 0, 76.245, 84.972, 255.5)]
    [InlineData(Swing.Full, 0, 0, 255, 29.07, 255.5, 107.2655)]
    [InlineData(Swing.Full, 10, 200, 30, 123.81, 75.0593, 46.8223)]
    public void RgbToYuv_IsTheStandards(Swing swing, int r, int g, int b, double y, double u, double v)
    {
        using var scope = NewDisposeScope();
        float[] expected = [(float)y, (float)u, (float)v];
        Equal(expected, Colours.RgbToYuv(Pixel(r, g, b), swing));
        Equal(expected, Colours.BgrToYuv(Pixel(b, g, r), swing));
        Equal([.. expected.Select(static e => e - 128)], Colours.RgbToCenteredYuv(Pixel(r, g, b), swing));
        Equal([.. expected.Select(static e => e - 128)], Colours.BgrToCenteredYuv(Pixel(b, g, r), swing));
        Equal([(float)y], Colours.RgbToGray(Pixel(r, g, b), swing));
        Equal([(float)y], Colours.BgrToGray(Pixel(b, g, r), swing));
        Equal([(float)y - 128], Colours.RgbToCenteredGray(Pixel(r, g, b), swing));
        Equal([(float)y - 128], Colours.BgrToCenteredGray(Pixel(b, g, r), swing));
        Equal([b, g, r], Colours.RgbToBgr(Pixel(r, g, b)));
        Equal([r, g, b], Colours.BgrToRgb(Pixel(b, g, r)));
    }

    [Theory]
    [InlineData(Swing.Studio, -112, 107, -112, 112)]
    [InlineData(Swing.Full, -128, 127, -127.5, 127.5)]
    public void Centered_OfEveryExtremeColour_FillsItsRange(Swing swing, double darkest, double brightest, double least, double most)
    {
        using var scope = NewDisposeScope();
        var corners = tensor(Enumerable.Range(0, 8).SelectMany(static c => new[] { c & 1, (c >> 1) & 1, c >> 2 }).Select(static bit => 255f * bit).ToArray(), [8, 3, 1, 1]);
        var yuv = Colours.RgbToCenteredYuv(corners, swing);
        var (low, high) = (yuv.amin([0, 2, 3]).data<float>().ToArray(), yuv.amax([0, 2, 3]).data<float>().ToArray());
        Equal([(float)darkest, (float)least, (float)least], low);
        Equal([(float)brightest, (float)most, (float)most], high);
    }

    [Theory]
    [InlineData(Swing.Studio)]
    [InlineData(Swing.Full)]
    public void BackAndForth_IsTheSameImage_AndHasGradientOne(Swing swing)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var image = (rand([2, 2, 3, 5, 7]) * 255).requires_grad_();
        Tensor[] back =
        [
            Colours.YuvToRgb(Colours.RgbToYuv(image, swing), swing), Colours.YuvToBgr(Colours.BgrToYuv(image, swing), swing),
            Colours.CenteredYuvToRgb(Colours.RgbToCenteredYuv(image, swing), swing), Colours.CenteredYuvToBgr(Colours.BgrToCenteredYuv(image, swing), swing),
            Colours.BgrToRgb(Colours.RgbToBgr(image)),
        ];
        Assert.All(back, b => Assert.True((b - image).abs().max().item<float>() < 1e-3));
        Assert.All(back, b => Assert.True((autograd.grad([b.sum()], [image])[0] - 1).abs().max().item<float>() < 1e-4));
        Assert.True((Colours.BgrToYuv(image, swing) - Colours.RgbToYuv(Colours.BgrToRgb(image), swing)).abs().max().item<float>() < 1e-3);
    }

    [Fact]
    public void Types_OfImages_AreKeptWhereTheyAreReal()
    {
        using var scope = NewDisposeScope();
        var bytes = tensor(new byte[] { 10, 200, 30 }, [3, 1, 1]);
        Assert.Equal(ScalarType.Float32, Colours.RgbToYuv(bytes).dtype);
        Assert.Equal(ScalarType.Byte, Colours.RgbToBgr(bytes).dtype);
        Assert.Equal(ScalarType.Float64, Colours.RgbToYuv(bytes.to(ScalarType.Float64)).dtype);
        Assert.Equal(Colours.RgbToYuv(bytes.to(ScalarType.Float32)).data<float>().ToArray(), Colours.RgbToYuv(bytes).data<float>().ToArray());
    }

    [Fact]
    public void NoImage_IsRefused()
    {
        using var scope = NewDisposeScope();
        Assert.Equal("QG2016", Assert.Throws<QatGenException>(static () => Colours.RgbToYuv(zeros(1, 4, 2, 2))).Violations[0].Rule.Id);
        Assert.Equal("QG2016", Assert.Throws<QatGenException>(static () => Colours.RgbToBgr(zeros(3, 2))).Violations[0].Rule.Id);
    }

    [Fact]
    public void Modules_AreTheFunctions_Normalized()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        var image = (rand([2, 3, 4, 5]) * 255) - 128;
        var (mean, std) = (tensor(new float[] { 100, 110, 120 }, [3, 1, 1]), tensor(new float[] { 50, 60, 70 }, [3, 1, 1]));
        Close((Colours.CenteredYuvToRgb(image, Swing.Full) - mean) / std, new Nn.CenteredYuv2Rgb(Swing.Full, [100, 110, 120], [50, 60, 70]).call(image));
        Close((Colours.CenteredYuvToBgr(image) - 128) / 128, new Nn.CenteredYuv2Bgr().call(image));
        Close(Colours.BgrToYuv(image), new Nn.BgrToYuv444().call(image));
        Close(Colours.RgbToYuv(image, Swing.Full), new Nn.BgrToYuv444(channelReversal: true, Swing.Full).call(image));
        Assert.Throws<ArgumentException>(static () => new Nn.CenteredYuv2Rgb(mean: [1, 2]));
        Assert.Throws<ArgumentException>(static () => new Nn.CenteredYuv2Rgb(std: [0]));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Nn.CenteredYuv2Rgb(qScale: 0));
    }

    private static Tensor Pixel(params int[] channels) => tensor(channels.Select(static c => (float)c).ToArray(), [1, 3, 1, 1]);

    private static void Close(Tensor expected, Tensor actual) => Assert.True((expected - actual).abs().max().item<float>() < 1e-4);

    private static void Equal(float[] expected, Tensor actual) => Equal(expected, actual.data<float>().ToArray());

    private static void Equal(float[] expected, float[] actual) => Assert.All(expected.Zip(actual), static p => Assert.Equal(p.First, p.Second, 1e-3f));
}
