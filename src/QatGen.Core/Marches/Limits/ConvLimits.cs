using static QatGen.Marches.Limits.Words;

namespace QatGen.Marches.Limits;

/// <summary>Convolutions. Sources: the manual's Conv2d and the converter's Conv and Gemm for X3, J5 and X5; the latter win. Nash rows are not published.</summary>
internal static class ConvLimits
{
    public static PrimitiveTable<ConvUse> Conv { get; } = new(
        "convolution",
        new MarchRow<ConvUse>(
            On.Bernoulli2,
            On.Int8,
            On.Int32,
            Kernel(7),
            KernelSize(32768),
            new("at most 4096 input channels, 2048 per group when grouped, 16384 on a 1x1 map", static u => u.InputChannels <= (u.IsVector ? 16384 : u.Geometry.Groups > 1 ? 2048 * u.Geometry.Groups : 4096), static u => Count(u.InputChannels)),
            new("dilations that are powers of two, height not above width", static u => IsPowerOfTwo(u.Geometry.DilationH) && IsPowerOfTwo(u.Geometry.DilationW) && u.Geometry.DilationH <= u.Geometry.DilationW, Dilation),
            new("strides that divide a dilation above 1", static u => !u.IsDilated || (u.Geometry.DilationH % u.Geometry.StrideH == 0 && u.Geometry.DilationW % u.Geometry.StrideW == 0), Stride)),
        new MarchRow<ConvUse>(On.Bayes, On.Int8And16, On.Int32, [KernelSize(65535), .. BothBayes]),
        new MarchRow<ConvUse>(On.BayesE, On.Int8And16, On.Int32, [KernelSize(32767), .. BothBayes]),
        new MarchRow<ConvUse>(On.Nash, On.Int8And16, On.Int32));

    private static Limit<ConvUse>[] BothBayes =>
    [
        Kernel(31),
        new("at most 8192 input channels", static u => u.InputChannels <= 8192, static u => Count(u.InputChannels)),
        new("strides of at most 256", static u => u.Geometry.StrideH <= 256 && u.Geometry.StrideW <= 256, Stride),
        new("padding of at most 256", static u => Math.Max(u.Geometry.PadTop, u.Geometry.PadBottom) <= 256 && Math.Max(u.Geometry.PadLeft, u.Geometry.PadRight) <= 256, static u => Pair(u.Geometry.PadTop, u.Geometry.PadLeft)),
        new("dilations of at most 16", static u => u.Geometry.DilationH <= 16 && u.Geometry.DilationW <= 16, Dilation),
        new("stride 1 where the dilation is above 1", static u => !u.IsDilated || u.Geometry is { StrideH: 1, StrideW: 1 }, Stride),
        new("an input height and width divisible by the dilation", static u => !u.IsDilated || (Divides(u.Geometry.DilationH, u.Height) && Divides(u.Geometry.DilationW, u.Width)), static u => u.X.ToString()),
    ];

    private static Limit<ConvUse> Kernel(int largest) => new($"a kernel height and width of 1 to {Count(largest)}", u => u.KernelH <= largest && u.KernelW <= largest, static u => Pair(u.KernelH, u.KernelW));

    private static Limit<ConvUse> KernelSize(int largest) => new($"at most {Count(largest)} weights in one kernel (channels x height x width)", u => u.KernelSize <= largest, static u => Count(u.KernelSize));

    private static bool Divides(int divisor, int n) => n < 0 || n % divisor == 0;

    private static bool IsPowerOfTwo(int n) => (n & (n - 1)) == 0;

    private static string Dilation(ConvUse u) => Pair(u.Geometry.DilationH, u.Geometry.DilationW);

    private static string Stride(ConvUse u) => Pair(u.Geometry.StrideH, u.Geometry.StrideW);
}
