namespace QatGen.Primitives;

/// <summary>The windows of a pooling, height before width. A kernel of 0 is the whole map (global pooling).</summary>
public sealed record PoolGeometry(
    int KernelH, int KernelW, int StrideH = 1, int StrideW = 1, int PadH = 0, int PadW = 0, int DilationH = 1, int DilationW = 1, bool CeilMode = false)
{
    public static PoolGeometry Global { get; } = new(0, 0);

    public bool IsGlobal => KernelH == 0;

    /// <summary>The geometry with the kernel of a global pooling made explicit for a map.</summary>
    public PoolGeometry For(int height, int width) => IsGlobal ? new(height, width) : this;

    public int OutputHeight(int height) => Output(height, KernelH, StrideH, PadH, DilationH);

    public int OutputWidth(int width) => Output(width, KernelW, StrideW, PadW, DilationW);

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
