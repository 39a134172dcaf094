namespace QatGen.Primitives;

/// <summary>
/// Where a convolution reads: strides, zero padding on each side and dilation, height before width; its groups; and the number of axes of its tensors, 0 for any. With three axes the map is one row;
/// the axes between the channels and the last two are slices, convolved one by one (<see cref="MapShape"/>).
/// </summary>
public sealed record ConvGeometry(
    int StrideH = 1, int StrideW = 1, int PadTop = 0, int PadLeft = 0, int PadBottom = 0, int PadRight = 0, int DilationH = 1, int DilationW = 1, int Groups = 1, int Rank = 4)
{
    public int OutputHeight(int height, int kernel) => Output(height + PadTop + PadBottom, kernel, StrideH, DilationH);

    public int OutputWidth(int width, int kernel) => Output(width + PadLeft + PadRight, kernel, StrideW, DilationW);

    private static int Output(int padded, int kernel, int stride, int dilation)
    {
        var free = padded - (dilation * (kernel - 1)) - 1;
        return free < 0 ? 0 : (free / stride) + 1;
    }
}
