using QatGen.Primitives;
using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>Convolution through libtorch, on reals or on integers held in floating point.</summary>
internal static class TorchConv
{
    /// <summary>The largest bound of an accumulator that float32 holds exactly.</summary>
    public const double Float32Bound = 1 << 24;

    private static readonly Lazy<bool> Exact = new(SelfTest);

    /// <summary>Whether this machine's float32 convolution of integers is exact below <see cref="Float32Bound"/>: it convolves directly, without a transform such as Winograd's.</summary>
    public static bool Float32IsExact => Exact.Value;

    /// <summary>x [N, C, H, W], or as the geometry says, with weight [O, C / groups, KH, KW] and an optional bias [O], all of one type; another number of axes is an error that names the layer.</summary>
    public static Tensor Run(Tensor x, Tensor weight, ConvGeometry g, Tensor? bias = null, string layer = "") => TorchShape.OnMaps(x, g.Rank, layer, maps =>
    {
        var symmetric = g.PadTop == g.PadBottom && g.PadLeft == g.PadRight;
        var padded = symmetric ? maps : nn.functional.pad(maps, [g.PadLeft, g.PadRight, g.PadTop, g.PadBottom]);
        return nn.functional.conv2d(padded, weight, bias, [g.StrideH, g.StrideW], symmetric ? [g.PadTop, g.PadLeft] : [0, 0], [g.DilationH, g.DilationW], g.Groups);
    });

    private static bool SelfTest()
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        (long Channels, long Kernel, long Side)[] shapes = [(16, 3, 28), (64, 3, 14), (64, 1, 14), (3, 7, 32)];
        return Array.TrueForAll(shapes, static s =>
        {
            // A fixed pattern of int8 values: nothing is taken from torch's random numbers.
            static Tensor Integers(long step, params long[] shape) => (arange(Kept.Of(shape.Aggregate(1L, static (n, d) => n * d)), ScalarType.Float64) * Kept.Of(step)).remainder(Kept.Of(251)).sub(Kept.Of(125)).reshape(shape);
            var x = Integers(37, 2, s.Channels, s.Side, s.Side);
            var w = Integers(53, 16, s.Channels, s.Kernel, s.Kernel);
            var geometry = new ConvGeometry(PadTop: 1, PadLeft: 1, PadBottom: 1, PadRight: 1);
            return Run(x.to(ScalarType.Float32), w.to(ScalarType.Float32), geometry).to(ScalarType.Float64).equal(Run(x, w, geometry)).all().item<bool>();
        });
    }
}
