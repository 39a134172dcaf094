namespace QatGen.Primitives;

/// <summary>
/// The windows of a pooling, height before width, and the number of axes of its tensors (<see cref="MapShape"/>). A kernel of 0 is the whole map (global pooling) or, with an adaptive size, one of so
/// many windows that cover it.
/// </summary>
public sealed record PoolGeometry(
    int KernelH, int KernelW, int StrideH = 1, int StrideW = 1, int PadH = 0, int PadW = 0, int DilationH = 1, int DilationW = 1, bool CeilMode = false, int AdaptiveH = 0, int AdaptiveW = 0, int Rank = 4)
{
    public static PoolGeometry Global { get; } = new(0, 0);

    public bool IsGlobal => KernelH == 0 && !IsAdaptive;

    /// <summary>Whether the windows depend on the size of the map: output i of n covers floor(i * size / n) to ceil((i + 1) * size / n).</summary>
    public bool IsAdaptive => AdaptiveH > 0;

    /// <summary>The windows of an adaptive pooling to a size.</summary>
    public static PoolGeometry Adaptive(int height, int width, int rank = 4) => new(0, 0, AdaptiveH: height, AdaptiveW: width, Rank: rank);

    /// <summary>The geometry for a map, with the kernel of a global pooling and that of an adaptive one to a divisor of the map made explicit.</summary>
    public PoolGeometry For(int height, int width) =>
        IsGlobal ? new(height, width, Rank: Rank)
        : IsAdaptive && height % AdaptiveH == 0 && width % AdaptiveW == 0 ? new(height / AdaptiveH, width / AdaptiveW, height / AdaptiveH, width / AdaptiveW, Rank: Rank)
        : this;

    public int OutputHeight(int height) => IsAdaptive ? AdaptiveH : Output(height, KernelH, StrideH, PadH, DilationH);

    public int OutputWidth(int width) => IsAdaptive ? AdaptiveW : Output(width, KernelW, StrideW, PadW, DilationW);

    /// <summary>The rows of a window, counted from the map's first: negative ones and ones behind the last are padding.</summary>
    public PoolExtent Rows(int output, int height) => IsAdaptive ? Covering(output, height, AdaptiveH) : new((output * StrideH) - PadH, KernelH, DilationH);

    /// <summary>The columns of a window, as <see cref="Rows"/>.</summary>
    public PoolExtent Columns(int output, int width) => IsAdaptive ? Covering(output, width, AdaptiveW) : new((output * StrideW) - PadW, KernelW, DilationW);

    /// <summary>Elements of the largest window on a map.</summary>
    public int LargestWindow(int height, int width)
    {
        var g = For(height, width);
        return g.IsAdaptive ? Largest(height, AdaptiveH) * Largest(width, AdaptiveW) : g.KernelH * g.KernelW;
    }

    /// <summary>The most elements of an axis that one of <paramref name="outputs"/> windows covers.</summary>
    public static int Largest(int size, int outputs) => Enumerable.Range(0, outputs).Max(i => Covering(i, size, outputs).Count);

    private static PoolExtent Covering(int output, int size, int outputs)
    {
        var start = (int)((long)output * size / outputs);
        return new(start, (int)((((output + 1L) * size) + outputs - 1) / outputs) - start, 1);
    }

    /// <summary>PyTorch's size rule: in ceil mode the last window must start inside the input or its leading padding.</summary>
    private int Output(int size, int kernel, int stride, int pad, int dilation)
    {
        var free = size + (2 * pad) - (dilation * (kernel - 1)) - 1;
        if (free < 0)
        {
            return 0;
        }

        var count = ((free + (CeilMode ? stride - 1 : 0)) / stride) + 1;
        return CeilMode && (count - 1) * stride >= size + pad ? count - 1 : count;
    }
}

/// <summary>The elements of an axis that a window reads: so many from a start, some steps apart.</summary>
public readonly record struct PoolExtent(int Start, int Count, int Step);
