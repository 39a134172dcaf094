namespace QatGen.Bpu;

/// <summary>Where an output position reads: row oy * StrideH - PadTop + ky * DilationH of the input box; what lies outside the box is padding.</summary>
internal readonly record struct Window(int KernelH, int KernelW, int StrideH, int StrideW, int PadTop, int PadLeft, int DilationH, int DilationW)
{
    public int Taps => KernelH * KernelW;

    /// <summary>Sizes a box can be read with, small enough that no product of them leaves an int.</summary>
    public bool IsValid =>
        InRange(KernelH) && InRange(KernelW) && InRange(StrideH) && InRange(StrideW) && InRange(DilationH) && InRange(DilationW) && Math.Abs((long)PadTop) < Limit && Math.Abs((long)PadLeft) < Limit;

    private const int Limit = 1 << 15;

    /// <summary>The first input row that rows of outputs from <paramref name="row"/> on ask for; negative in the padding.</summary>
    public int FirstRow(int row) => (row * StrideH) - PadTop;

    /// <summary>One behind the last input row that outputs up to but not including <paramref name="end"/> ask for.</summary>
    public int EndRow(int end) => FirstRow(end - 1) + ((KernelH - 1) * DilationH) + 1;

    /// <summary>The kernel elements, from first to end, whose input lies within 0..size - 1 when the window starts at <paramref name="start"/>.</summary>
    public static (int First, int End) Inside(int start, int kernel, int dilation, int size)
    {
        var first = start >= 0 ? 0 : (-start + dilation - 1) / dilation;
        var end = start >= size ? 0 : Math.Min(kernel, (size - 1 - start) / dilation + 1);
        return (first, Math.Max(first, end));
    }

    public override string ToString() => $"{KernelH}x{KernelW} stride {StrideH},{StrideW} pad {PadTop},{PadLeft} dilation {DilationH},{DilationW}";

    private static bool InRange(int size) => size is > 0 and < Limit;
}
