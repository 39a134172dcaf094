namespace QatGen.Core.Tests.Marches;

internal static partial class LimitCases
{
    private static IEnumerable<LimitCase> Products =>
    [
        new("qint16 beside qint8", static p => p.MatMul(Int8(1, 2, 3), Tensor(DType.QInt16, 1, 3, 2)), static p => p.MatMul(Tensor(DType.QInt16, 1, 2, 3), Tensor(DType.QInt16, 1, 3, 2))),
        LimitCase.At(8192, "inner side of matrices", static (p, n) => p.MatMul(Int8(1, 2, n), Int8(1, n, 2))),
        LimitCase.At(8192, "columns of a matrix", static (p, n) => p.MatMul(Int8(1, 2, 3), Int8(1, 3, n))),
        LimitCase.At(4096, "heads of matrices", static (p, n) => p.MatMul(Int8(1, n, 2, 3), Int8(1, n, 3, 2))),
    ];
}
