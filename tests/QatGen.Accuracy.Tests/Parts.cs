using Accuracy;

namespace QatGen.Accuracy.Tests;

/// <summary>The first images of the part of Fashion-MNIST that comes with QuickStart; its test images are the first of the whole set.</summary>
internal static class Parts
{
    private static readonly (ImageSet Train, ImageSet Test) Whole = Fashion.Load(Path.Combine(AppContext.BaseDirectory, "data"));

    public static ImageSet Train(int count) => First(Whole.Train, count);

    public static ImageSet Test(int count) => First(Whole.Test, count);

    private static ImageSet First(ImageSet set, int count) => set with { Images = set.Images[..(count * set.Channels * set.Side * set.Side)], Labels = set.Labels[..count] };
}
