namespace QatGen.Primitives;

/// <summary>
/// A tensor as windows see it: a map of the last two axes behind the channels. An axis that is not there has one element ([N, C] is one pixel, [N, C, L] one row), and axes before the last two are
/// slices: each is a map of its own.
/// </summary>
public readonly record struct MapShape(int Batch, int Channels, int Slices, int Height, int Width)
{
    public static MapShape Of(Seq<int> shape)
    {
        var rank = shape.Count;
        return new(shape[0], shape[1], shape.Skip(2).Take(rank - 4).Aggregate(1, static (n, d) => n * d), rank > 3 ? shape[rank - 2] : 1, rank > 2 ? shape[rank - 1] : 1);
    }

    /// <summary>The shape that has other channels and another map; axes that are not there must stay of one element.</summary>
    public static Seq<int> With(Seq<int> shape, int channels, int height, int width) =>
        new([shape[0], channels, .. shape.Skip(2).Take(shape.Count - 4), .. new[] { height, width }.Skip(4 - Math.Min(4, shape.Count))]);
}
