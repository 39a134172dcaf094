using QatGen.Primitives;

namespace QatGen.Core.Tests.Marches;

internal static partial class LimitCases
{
    private static IEnumerable<LimitCase> Convolutions =>
    [
        .. new[] { 7, 31 }.SelectMany(static n => new[]
        {
            LimitCase.At(n, "kernel height", static (p, k) => Conv(p, [1, 1, 40, 40], [1, 1, k, 1], new())),
            LimitCase.At(n, "kernel width", static (p, k) => Conv(p, [1, 1, 40, 40], [1, 1, 1, k], new())),
        }),
        new("32768 weights in a kernel", static p => Conv(p, [1, 2048, 8, 8], [1, 2048, 4, 4], new()), static p => Conv(p, [1, 3641, 8, 8], [1, 3641, 3, 3], new())),
        new("65535 weights in a kernel", static p => Conv(p, [1, 257, 20, 20], [1, 257, 15, 17], new()), static p => Conv(p, [1, 256, 20, 20], [1, 256, 16, 16], new())),
        new("32767 weights in a kernel", static p => Conv(p, [1, 151, 40, 40], [1, 151, 7, 31], new()), static p => Conv(p, [1, 128, 20, 20], [1, 128, 16, 16], new())),
        LimitCase.At(4096, "input channels", static (p, c) => Conv(p, [1, c, 2, 2], [1, c, 1, 1], new())),
        LimitCase.At(8192, "input channels", static (p, c) => Conv(p, [1, c, 2, 2], [1, c, 1, 1], new())),
        LimitCase.At(2048, "channels per group", static (p, c) => Conv(p, [1, 2 * c, 2, 2], [2, c, 1, 1], new(Groups: 2))),
        LimitCase.At(16384, "channels of a vector", static (p, c) => Conv(p, [1, c, 1, 1], [1, c, 1, 1], new())),
        LimitCase.At(2, "dilation that is a power of two", static (p, d) => Conv(p, [1, 1, 12, 12], [1, 1, 2, 2], new(DilationH: d, DilationW: d))),
        new("dilation height above width", static p => Conv(p, [1, 1, 12, 12], [1, 1, 2, 2], new(DilationH: 4, DilationW: 4)), static p => Conv(p, [1, 1, 12, 12], [1, 1, 2, 2], new(DilationH: 4, DilationW: 2))),
        LimitCase.At(2, "stride of a dilation of 2", static (p, s) => Conv(p, [1, 1, 12, 12], [1, 1, 2, 2], new(StrideH: s, StrideW: s, DilationH: 2, DilationW: 2))),
        LimitCase.At(256, "stride height", static (p, s) => Conv(p, [1, 1, 300, 300], [1, 1, 1, 1], new(StrideH: s))),
        LimitCase.At(256, "stride width", static (p, s) => Conv(p, [1, 1, 300, 300], [1, 1, 1, 1], new(StrideW: s))),
        LimitCase.At(256, "padding above", static (p, n) => Conv(p, [1, 1, 8, 8], [1, 1, 3, 3], new(PadTop: n))),
        LimitCase.At(256, "padding below", static (p, n) => Conv(p, [1, 1, 8, 8], [1, 1, 3, 3], new(PadBottom: n))),
        LimitCase.At(256, "padding left", static (p, n) => Conv(p, [1, 1, 8, 8], [1, 1, 3, 3], new(PadLeft: n))),
        LimitCase.At(256, "padding right", static (p, n) => Conv(p, [1, 1, 8, 8], [1, 1, 3, 3], new(PadRight: n))),
        LimitCase.At(16, "dilation height", static (p, d) => Conv(p, [1, 1, 16 * 17, 16 * 17], [1, 1, 2, 2], new(DilationH: d))),
        LimitCase.At(16, "dilation width", static (p, d) => Conv(p, [1, 1, 16 * 17, 16 * 17], [1, 1, 2, 2], new(DilationW: d))),
        LimitCase.At(1, "stride where dilated", static (p, s) => Conv(p, [1, 1, 8, 8], [1, 1, 2, 2], new(StrideH: s, StrideW: s, DilationH: 2, DilationW: 2))),
        LimitCase.At(8, "input height where dilated", static (p, h) => Conv(p, [1, 1, h, 8], [1, 1, 2, 2], new(DilationH: 2, DilationW: 2))),
        LimitCase.At(8, "input width where dilated", static (p, w) => Conv(p, [1, 1, 8, w], [1, 1, 2, 2], new(DilationH: 2, DilationW: 2))),
    ];

    /// <summary>A convolution rescaled to a type, with another tensor added to it or not.</summary>
    private static void Conv(IPrimitives<Fact> p, int[] x, int[] weight, ConvGeometry geometry, DType type = DType.QInt8, bool add = false)
    {
        var sum = p.Conv(Int8(x), Int8(weight), Tensor(DType.QInt32, weight[0]), geometry);
        p.Rescale(add ? [sum, sum with { DType = DType.QInt8 }] : [sum], PrimitiveCalls.Rescale(type));
    }
}
