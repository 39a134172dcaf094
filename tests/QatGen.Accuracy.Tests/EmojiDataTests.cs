using System.Globalization;
using Accuracy;

namespace QatGen.Accuracy.Tests;

public sealed class EmojiDataTests
{
    /// <summary>64 x 64: the left half red, then a quarter of half-covering black, then nothing.</summary>
    private const string Picture =
        "iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAYAAACqaXHeAAAAbElEQVR42u3QMQ0AIBAAsVvfNc5BBAMh6VADbdd+qVo3ZqYbCRAgQIAAAQIECBAgQIAAAQIECBAgQIAAAQIECBAgQIAAAQIECBAgQIAAAQIECBAgQIAAAQIECBAgQIAAAQIECBAgQIAAAf8HHDyxXQ/vM4IiAAAAAElFTkSuQmCC";

    [Fact]
    public void Load_OfTwoVendors_SplitsByCodePointsAndPutsPicturesOnWhite()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path, "google", ("1F600", "Smileys & Emotion"), ("1F601", "Smileys & Emotion"), ("1F9B0", "Component"));
        Write(folder.Path, "twitter", ("1F600", "Smileys & Emotion"), ("1F602", "Symbols"));

        var (train, test) = EmojiData.Load(folder.Path);

        Assert.Equal([6, 7], train.Labels);
        Assert.Equal([6, 6], test.Labels);
        Assert.Equal((3, 32, 2 * 3 * 32 * 32), (test.Channels, test.Side, test.Images.Length));
        Assert.Equal([255, 127, 255], At(0));
        Assert.Equal([0, 127, 255], At(1));
        Assert.Equal(train.Images, test.Images);

        // The first row of a plane: red, half-covered, white.
        byte[] At(int channel) => [.. new[] { 0, 20, 31 }.Select(x => test.Images[(channel * 32 * 32) + x])];
    }

    [Fact]
    public void Load_WithoutThePackages_SaysHowToGetThem()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("npm install", Assert.Throws<FileNotFoundException>(() => EmojiData.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    private static void Write(string folder, string vendor, params (string Code, string Category)[] emoji)
    {
        var images = Path.Combine(folder, $"emoji-datasource-{vendor}", "img", vendor, "64");
        Directory.CreateDirectory(images);
        var rows = emoji.Select(e => string.Create(CultureInfo.InvariantCulture, $$"""{"unified":"{{e.Code}}","category":"{{e.Category}}","image":"{{e.Code}}.png","has_img_{{vendor}}":true}"""));
        File.WriteAllText(Path.Combine(folder, $"emoji-datasource-{vendor}", "emoji.json"), $"[{string.Join(',', rows)}]");
        foreach (var (code, _) in emoji)
        {
            File.WriteAllBytes(Path.Combine(images, code + ".png"), Convert.FromBase64String(Picture));
        }
    }
}
