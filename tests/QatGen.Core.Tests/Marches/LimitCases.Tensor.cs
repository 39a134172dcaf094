using QatGen.Primitives;

namespace QatGen.Core.Tests.Marches;

internal static partial class LimitCases
{
    private static IEnumerable<LimitCase> Tensors =>
    [
        LimitCase.At(128, "batch", static (p, n) => p.Reshape(Int8(n, 2, 1, 1), [0, -1])),
        LimitCase.At(4096, "batch", static (p, n) => p.Reshape(Int8(n, 2, 1, 1), [0, -1])),
        LimitCase.At(65536, "channels", static (p, n) => p.Reshape(Int8(1, n, 1, 1), [0, -1])),
        LimitCase.At(65536, "width", static (p, n) => p.Reshape(Int8(1, 1, 1, n), [0, 1, 1, -1])),
        LimitCase.At(16384, "1 GB", static (p, n) => p.Reshape(Int8(1, n, 65536), [0, n, -1])),
        LimitCase.At(10, "dimensions of a clamp", static (p, n) => p.Clamp(Ones(n), Fact.Of(new ClampConstant(0, 1)))),
        LimitCase.At(10, "dimensions of a table", static (p, n) => p.Lut(Ones(n), PrimitiveCalls.Rescale(DType.QInt8))),
        LimitCase.At(8192, "elements of a table", static (p, n) => p.Lut(Int8(1, n, 1, 1), PrimitiveCalls.Rescale(DType.QInt8))),
        new("a qint16 result of a table", static p => p.Lut(Tensor(DType.QInt16, 1, 2), PrimitiveCalls.Rescale(DType.QInt16)), static p => p.Lut(Int8(1, 2), PrimitiveCalls.Rescale(DType.QInt16))),
        LimitCase.At(2048, "channels of a concatenation", static (p, n) => p.Concat([Int8(1, 1, 2, 2), Int8(1, n - 1, 2, 2)], PrimitiveCalls.Rescale(DType.QInt8), 1)),
        LimitCase.At(1024, "parts of a concatenation", static (p, n) => p.Concat([.. Enumerable.Repeat(Int8(1, 1, 2, 2), n)], PrimitiveCalls.Rescale(DType.QInt8), 1)),
        new("one part of a concatenation", static p => p.Concat([Int8(1, 1, 2), Int8(1, 1, 2)], PrimitiveCalls.Rescale(DType.QInt8), 1), static p => p.Concat([Int8(1, 1, 2)], PrimitiveCalls.Rescale(DType.QInt8), 1)),
    ];
}
