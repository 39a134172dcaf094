using System.Globalization;
using QatGen.Primitives;

namespace QatGen.Marches;

/// <summary>The limits of a march, per primitive. Sources: the operator tables of the toolkit's manual (J5 chapter 7.7) and the converter's lists for X3, J5 and X5; the latter win.</summary>
public sealed record MarchLimits(
    Seq<Limit<ConvUse>> Conv, Seq<Limit<SumUse>> Sum, Seq<Limit<PoolUse>> MaxPool, Seq<Limit<PoolUse>> SumPool, Seq<Limit<ConcatUse>> Concat, Seq<Limit<Fact>> Tensor)
{
    public static MarchLimits Bernoulli2 { get; } = new(
        Conv: new(
            Kernel(7),
            KernelSize(32768),
            new("at most 4096 input channels, 2048 per group when grouped, 16384 on a 1x1 map", static u => u.InputChannels <= (u.IsVector ? 16384 : u.Geometry.Groups > 1 ? 2048 * u.Geometry.Groups : 4096), static u => Count(u.InputChannels)),
            new("dilations that are powers of two, height not above width", static u => IsPowerOfTwo(u.Geometry.DilationH) && IsPowerOfTwo(u.Geometry.DilationW) && u.Geometry.DilationH <= u.Geometry.DilationW, Dilation)),
        Sum: new(AddStride, new("at most 2048 channels", static u => Dimension(u.Result, 1) <= 2048, static u => u.Result.ToString())),
        MaxPool: new(Window(64), PoolStride(185)),
        SumPool: new(Window(7), PoolStride(185), new("at most 8192 positions when the whole map is one window", static u => !u.Geometry.IsGlobal || Dimension(u.X, 2) * Dimension(u.X, 3) <= 8192, static u => u.X.ToString())),
        Concat: new(new Limit<ConcatUse>("at most 2048 channels", static u => Dimension(u.Result, 1) <= 2048, static u => u.Result.ToString())),
        Tensor: new(Batch(128)));

    public static MarchLimits Bayes { get; } = BayesFamily(kernelSize: 65535, new Limit<PoolUse>("padding of at most 256", static u => u.Geometry.PadH <= 256 && u.Geometry.PadW <= 256, Padding));

    public static MarchLimits BayesE { get; } = BayesFamily(kernelSize: 32767,
        new Limit<PoolUse>("padding of at most 255", static u => u.Geometry.PadH <= 255 && u.Geometry.PadW <= 255, Padding),
        new Limit<PoolUse>("windows of 2 to 8192 elements", static u => u.Geometry.IsGlobal || u.Geometry.KernelH * u.Geometry.KernelW is >= 2 and <= 8192, WindowText));

    private static MarchLimits BayesFamily(int kernelSize, params Limit<PoolUse>[] sumPool) => new(
        Conv: new(
            Kernel(31),
            KernelSize(kernelSize),
            new("at most 8192 input channels", static u => u.InputChannels <= 8192, static u => Count(u.InputChannels)),
            new("at most 65536 output channels", static u => u.OutputChannels <= 65536, static u => Count(u.OutputChannels)),
            new("strides of at most 256", static u => u.Geometry.StrideH <= 256 && u.Geometry.StrideW <= 256, static u => Pair(u.Geometry.StrideH, u.Geometry.StrideW)),
            new("padding of at most 256", static u => Math.Max(u.Geometry.PadTop, u.Geometry.PadBottom) <= 256 && Math.Max(u.Geometry.PadLeft, u.Geometry.PadRight) <= 256, static u => Pair(u.Geometry.PadTop, u.Geometry.PadLeft)),
            new("dilations of at most 16", static u => u.Geometry.DilationH <= 16 && u.Geometry.DilationW <= 16, Dilation),
            new("stride 1 where the dilation is above 1", static u => !u.IsDilated || u.Geometry is { StrideH: 1, StrideW: 1 }, static u => Pair(u.Geometry.StrideH, u.Geometry.StrideW)),
            new("an input height and width divisible by the dilation", static u => !u.IsDilated || (Divides(u.Geometry.DilationH, Dimension(u.X, 2)) && Divides(u.Geometry.DilationW, Dimension(u.X, 3))), static u => u.X.ToString())),
        Sum: new(AddStride),
        MaxPool: new(Window(256), PoolStride(256), new("padding of at most 255", static u => u.Geometry.PadH <= 255 && u.Geometry.PadW <= 255, Padding), new("sides and channels of at most 8192", static u => u.X.Shape.Skip(1).All(static d => d <= 8192), static u => u.X.ToString())),
        SumPool: new([Window(256), PoolStride(256), .. sumPool]),
        Concat: new(new Limit<ConcatUse>("2 to 1024 parts", static u => u.Parts.Count is >= 2 and <= 1024, static u => Count(u.Parts.Count))),
        Tensor: new(Batch(4096), new("sides and channels of at most 65536", static x => x.Shape.Skip(1).All(static d => d <= 65536), static x => x.ToString())));

    private static Limit<SumUse> AddStride => new("a convolution of stride 1 or 2 in both directions", static u => u.Conv is not { } g || (g.StrideH == g.StrideW && g.StrideH <= 2), static u => Pair(u.Conv!.StrideH, u.Conv.StrideW));

    private static Limit<ConvUse> Kernel(int largest) => new($"a kernel height and width of 1 to {Count(largest)}", u => u.KernelH <= largest && u.KernelW <= largest, static u => Pair(u.KernelH, u.KernelW));

    private static Limit<ConvUse> KernelSize(int largest) => new($"at most {Count(largest)} weights in one kernel (channels x height x width)", u => u.KernelSize <= largest, static u => Count(u.KernelSize));

    private static Limit<PoolUse> Window(int largest) => new($"a window height and width of 1 to {Count(largest)}", u => u.Geometry.IsGlobal || (u.Geometry.KernelH <= largest && u.Geometry.KernelW <= largest), WindowText);

    private static Limit<PoolUse> PoolStride(int largest) => new($"strides of 1 to {Count(largest)}", u => u.Geometry.StrideH <= largest && u.Geometry.StrideW <= largest, static u => Pair(u.Geometry.StrideH, u.Geometry.StrideW));

    private static Limit<Fact> Batch(int largest) => new($"a batch of at most {Count(largest)}", x => Dimension(x, 0) <= largest, static x => x.ToString());

    private static int Dimension(Fact x, int axis) => x.IsKnown && axis < x.Rank ? x.Shape[axis] : -1;

    private static bool Divides(int divisor, int n) => n < 0 || n % divisor == 0;

    private static bool IsPowerOfTwo(int n) => (n & (n - 1)) == 0;

    private static string Dilation(ConvUse u) => Pair(u.Geometry.DilationH, u.Geometry.DilationW);

    private static string Padding(PoolUse u) => Pair(u.Geometry.PadH, u.Geometry.PadW);

    private static string WindowText(PoolUse u) => Pair(u.Geometry.KernelH, u.Geometry.KernelW);

    private static string Pair(int a, int b) => Count(a) + " x " + Count(b);

    private static string Count(int n) => n.ToString(CultureInfo.InvariantCulture);
}
