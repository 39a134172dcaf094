namespace QatGen.Bpu;

/// <summary>
/// A tensor in memory: frames behind each other, each [Height, Width, channels]. On chip the channels are padded to the core's alignment, so that every position starts aligned; what
/// the padding holds does not matter, because weights for it are 0. In DDR they are packed (alignment 1), so that padding costs no bandwidth.
/// </summary>
internal sealed record Tensor(int Channels, int Height, int Width, DType Type, int Alignment)
{
    /// <summary>The dimensions after the batch as channels, height and width: a vector is a 1x1 map, a single number one of one channel, [N, C, L] a map of one row, and beyond four dimensions all but the last one are the height.</summary>
    public static Tensor Of(Primitives.Fact fact, int alignment) => fact.Rank switch
    {
        1 => new(1, 1, 1, fact.DType, alignment),
        2 => new(fact.Shape[1], 1, 1, fact.DType, alignment),
        3 => new(fact.Shape[1], 1, fact.Shape[2], fact.DType, alignment),
        _ => new(fact.Shape[1], fact.Shape.Skip(2).Take(fact.Rank - 3).Aggregate(1, static (n, d) => checked(n * d)), fact.Shape[fact.Rank - 1], fact.DType, alignment),
    };

    public Tensor Packed => this with { Alignment = 1 };

    public int Positions => Height * Width;

    /// <summary>Bytes from one position to the next.</summary>
    public int Pitch => AlignUp(Channels, Alignment) * Type.Bytes();

    public long FrameBytes => (long)Positions * Pitch;

    /// <summary>The box of some rows and channels of one frame, for a tensor at an address.</summary>
    public Region Box(long address, int frame, int row, int rows, int channel, int channels) =>
        new((int)(address + (frame * FrameBytes) + ((long)row * Width * Pitch) + ((long)channel * Type.Bytes())), rows, Width, channels, Width * Pitch, Pitch, Type);

    public static long AlignUp(long n, int alignment) => (n + alignment - 1) / alignment * alignment;

    public static int AlignUp(int n, int alignment) => (n + alignment - 1) / alignment * alignment;
}

/// <summary>A stored tensor seen in a shape that keeps its channels and the order of its positions: the same bytes.</summary>
internal readonly record struct View(int Id, Tensor Shape);
