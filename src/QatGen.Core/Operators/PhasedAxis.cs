namespace QatGen.Operators;

/// <summary>
/// One axis of a transposed convolution. Input i and tap k meet at output i * stride + k * dilation - padding; outputs with the same remainder (o + padding) % stride are a phase, and each phase is a
/// convolution with stride 1 of the taps that reach it.
/// </summary>
public sealed record PhasedAxis(int Kernel, int Stride, int Padding, int OutputPadding, int Dilation)
{
    public int Phases => Stride;

    /// <summary>Taps of a phase: with stride 1 the kernel's own, else every input from the first to the last that the kernel can reach.</summary>
    public int Taps => Stride == 1 ? Kernel : (Dilation * (Kernel - 1) / Stride) + 1;

    /// <summary>The dilation of the convolution.</summary>
    public int Step => Stride == 1 ? Dilation : 1;

    /// <summary>Zeros before the input.</summary>
    public int Before => Math.Max(0, Span - (Padding / Stride));

    /// <summary>Zeros behind the input.</summary>
    public int After => Math.Max(0, FloorDivide(Reach - Padding, Stride));

    /// <summary>Outputs to cut at the start: those of the first computed group of phases that lie in the padding.</summary>
    public int CutStart => Padding - ((Span - Before) * Stride);

    /// <summary>Outputs to cut at the end.</summary>
    public int CutEnd => ((After + 1) * Stride) + Padding - Reach - 1;

    /// <summary>The distance of the first and the last tap, in inputs.</summary>
    private int Span => (Taps - 1) * Step;

    /// <summary>How far the last input reaches behind its own place.</summary>
    private int Reach => (Dilation * (Kernel - 1)) + OutputPadding;

    /// <summary>The taps of a phase, the one that reaches farthest first; -1 where there is none.</summary>
    public int[] Of(int phase) => [.. Enumerable.Range(0, Taps).Reverse().Select(t => Stride == 1 ? t : At((t * Stride) + phase))];

    private int At(int distance) => distance % Dilation == 0 && distance / Dilation < Kernel ? distance / Dilation : -1;

    private static int FloorDivide(int a, int b) => (a >= 0 ? a : a - b + 1) / b;
}
