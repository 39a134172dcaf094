namespace QatGen.Kernels.Simd;

/// <summary>
/// A tile of a convolution: the input address of each of <see cref="MicroKernels.Pixels"/> output pixels, and the taps, runs of 2 * <see cref="Pairs"/> int16 at an offset from there.
/// The sums of pixel p go to <see cref="Sums"/> + p * <see cref="SumStride"/>, <see cref="Vectors"/> vectors of them.
/// </summary>
internal unsafe struct ConvTile
{
    public short** Sources;
    public int* Taps;
    public int TapCount;
    public int Pairs;

    /// <summary>[vector][tap][pair][lane][2] int16.</summary>
    public short* Weights;
    public int* Bias;
    public int Vectors;
    public int* Sums;
    public int SumStride;
}

/// <summary>A tile of a depthwise convolution; a tap is one pixel of all channels and the weights are [tap][<see cref="Channels"/>] int32.</summary>
internal unsafe struct DepthwiseTile
{
    public short** Sources;
    public int* Taps;
    public int TapCount;
    public int* Weights;
    public int* Bias;

    /// <summary>A multiple of the lanes.</summary>
    public int Channels;
    public int* Sums;
    public int SumStride;
}

/// <summary>
/// A tile of a rescale. Of pixel p, term t is read at <see cref="Terms"/>[t * <see cref="MicroKernels.Pixels"/> + p] and the numbers at <see cref="Numbers"/>[p]:
/// low, high, then one multiplier per term, each for all channels.
/// </summary>
internal unsafe struct RescaleTile
{
    public int Pixels;
    public int TermCount;
    public void** Terms;

    /// <summary>Per term: int32, else int16.</summary>
    public bool* TermIsWide;
    public double** Numbers;

    /// <summary>A multiple of the lanes.</summary>
    public int Channels;
    public void** Targets;
    public bool IsWide;
}

/// <summary>The weighted sum of some pixels of int16, as int32.</summary>
internal unsafe struct BlendTile
{
    public short** Sources;
    public int* Weights;
    public int Count;

    /// <summary>A multiple of the lanes.</summary>
    public int Channels;
    public int* Target;
}

/// <summary>One window of a pooling, cut to the map; steps are in elements.</summary>
internal unsafe struct PoolWindow
{
    public void* Source;
    public bool SourceIsWide;
    public int Rows;
    public int Columns;
    public int RowStep;
    public int ColumnStep;
    public int Channels;
    public void* Target;
    public bool IsWide;

    /// <summary>The result of an empty window: what the operation starts from.</summary>
    public int Start;
}
