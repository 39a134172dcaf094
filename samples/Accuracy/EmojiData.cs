using System.Text.Json;
using StbImageSharp;

namespace Accuracy;

/// <summary>
/// Emoji of two vendors as 32 x 32 colour images, read from the npm packages <c>emoji-datasource-google</c> and <c>emoji-datasource-twitter</c>; the class of an emoji is its category, such as Food &amp; Drink.
/// Skin tones are left out. Which part an emoji belongs to is decided by its code points, so both vendors' images of it are in the same one.
/// </summary>
public static class EmojiData
{
    /// <summary>One emoji of so many is tested with.</summary>
    private const int TestShare = 4;
    private const int Side = 32;
    private const byte Background = 255;

    private static readonly string[] Vendors = ["google", "twitter"];

    private static readonly string[] Classes =
        ["Activities", "Animals & Nature", "Flags", "Food & Drink", "Objects", "People & Body", "Smileys & Emotion", "Symbols", "Travel & Places"];

    /// <summary>Reads a <c>node_modules</c> folder.</summary>
    public static (ImageSet Train, ImageSet Test) Load(string folder)
    {
        var images = Vendors.SelectMany(vendor => Read(folder, vendor)).ToLookup(static i => i.IsTest);
        var (mean, deviation) = Statistics([.. images[false].Select(static i => i.Pixels)]);
        return (Set(images[false]), Set(images[true]));

        ImageSet Set(IEnumerable<(bool, byte Label, byte[] Pixels)> part) => new([.. part.SelectMany(static i => i.Pixels)], [.. part.Select(static i => i.Label)], Side, mean, deviation);
    }

    private static IEnumerable<(bool IsTest, byte Label, byte[] Pixels)> Read(string folder, string vendor)
    {
        var package = Path.Combine(folder, $"emoji-datasource-{vendor}");
        var list = Path.Combine(package, "emoji.json");
        if (!File.Exists(list))
        {
            throw new FileNotFoundException($"{list} is missing. --data names the node_modules folder of 'npm install emoji-datasource-google@16.0.0 emoji-datasource-twitter@16.0.0'.", list);
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(list));
        foreach (var emoji in document.RootElement.EnumerateArray())
        {
            var label = Array.IndexOf(Classes, emoji.GetProperty("category").GetString());
            if (label >= 0 && emoji.GetProperty($"has_img_{vendor}").GetBoolean())
            {
                var file = Path.Combine(package, "img", vendor, "64", emoji.GetProperty("image").GetString()!);
                yield return (Hash(emoji.GetProperty("unified").GetString()!) % TestShare == 0, (byte)label, Pixels(file));
            }
        }
    }

    /// <summary>RGB planes [3, 32, 32] of a 64 x 64 image on white, each pixel the mean of four.</summary>
    private static byte[] Pixels(string file)
    {
        var image = ImageResult.FromMemory(File.ReadAllBytes(file), ColorComponents.RedGreenBlueAlpha);
        if (image.Width != 2 * Side || image.Height != 2 * Side)
        {
            throw new InvalidDataException($"{file} is {image.Width} x {image.Height}, not {2 * Side} x {2 * Side}. Install version 16.0.0 of the package.");
        }

        var pixels = new byte[3 * Side * Side];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (channel, y, x) = (i / (Side * Side), i / Side % Side, i % Side);
            var sum = 0;
            for (var corner = 0; corner < 4; corner++)
            {
                var at = 4 * ((((2 * y) + (corner / 2)) * 2 * Side) + (2 * x) + (corner % 2));
                var alpha = image.Data[at + 3];
                sum += (image.Data[at + channel] * alpha) + (Background * (255 - alpha));
            }

            pixels[i] = (byte)((sum + (2 * 255)) / (4 * 255));
        }

        return pixels;
    }

    private static (float[] Mean, float[] Deviation) Statistics(byte[][] images)
    {
        var (mean, deviation) = (new float[3], new float[3]);
        for (var c = 0; c < 3; c++)
        {
            var (sum, squares, count) = (0.0, 0.0, (double)images.Length * Side * Side);
            foreach (var value in images.SelectMany(i => i.Skip(c * Side * Side).Take(Side * Side)))
            {
                sum += value / 255.0;
                squares += value / 255.0 * (value / 255.0);
            }

            mean[c] = (float)(sum / count);
            deviation[c] = (float)Math.Sqrt((squares / count) - (sum / count * (sum / count)));
        }

        return (mean, deviation);
    }

    /// <summary>FNV-1a in 32 bits.</summary>
    private static uint Hash(string text) => text.Aggregate(2166136261u, static (hash, c) => (hash ^ c) * 16777619u);
}
