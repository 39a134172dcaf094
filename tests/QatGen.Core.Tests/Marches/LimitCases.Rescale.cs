namespace QatGen.Core.Tests.Marches;

internal static partial class LimitCases
{
    private static IEnumerable<LimitCase> Rescales =>
    [
        new("qint16 result of a convolution", static p => Conv(p, [1, 1, 2, 2], [1, 1, 1, 1], new(), DType.QInt32), static p => Conv(p, [1, 1, 2, 2], [1, 1, 1, 1], new(), DType.QInt16)),
        LimitCase.At(8192, "output channels", static (p, c) => Conv(p, [1, 1, 2, 2], [c, 1, 1, 1], new())),
        LimitCase.At(65536, "output channels of an accumulator", static (p, c) => Conv(p, [1, 1, 2, 2], [c, 1, 1, 1], new(), DType.QInt32)),
        new("qint16 result of a dilated convolution", static p => Conv(p, [1, 1, 4, 4], [1, 1, 2, 2], new(DilationW: 2)), static p => Conv(p, [1, 1, 4, 4], [1, 1, 2, 2], new(DilationW: 2), DType.QInt16)),
        new("qint32 result of a dilated convolution", static p => Conv(p, [1, 1, 4, 4], [1, 1, 2, 2], new(DilationH: 2)), static p => Conv(p, [1, 1, 4, 4], [1, 1, 2, 2], new(DilationH: 2), DType.QInt32)),
        LimitCase.At(2, "stride before a fused add", static (p, s) => Conv(p, [1, 1, 8, 8], [1, 1, 1, 1], new(StrideH: s, StrideW: s), add: true)),
        LimitCase.At(1, "uneven stride before a fused add", static (p, s) => Conv(p, [1, 1, 8, 8], [1, 1, 1, 1], new(StrideH: s), add: true)),
        LimitCase.At(2048, "channels of a sum", static (p, c) => p.Rescale([Int8(1, c, 1, 1), Int8(1, c, 1, 1)], PrimitiveCalls.Rescale(DType.QInt8))),
        LimitCase.At(2048, "channels of a product", static (p, c) => p.Mul(Int8(1, c, 1, 1), Int8(1, c, 1, 1))),
        LimitCase.At(5, "dimensions of a product", static (p, n) => p.Mul(Ones(n), Ones(n))),
        LimitCase.At(5, "dimensions of a sum", static (p, n) => p.Rescale([Ones(n), Ones(n)], PrimitiveCalls.Rescale(DType.QInt8))),
    ];

    /// <summary>A tensor of one element.</summary>
    private static Primitives.Fact Ones(int rank) => Int8([.. Enumerable.Repeat(1, rank)]);
}
