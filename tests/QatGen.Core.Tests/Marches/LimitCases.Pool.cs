using QatGen.Primitives;

namespace QatGen.Core.Tests.Marches;

internal static partial class LimitCases
{
    private static IEnumerable<LimitCase> Poolings =>
    [
        .. Windows("max", [64, 256], [185, 256], [255], static (p, g) => p.MaxPool(Int8(1, 1, 600, 600), g)),
        .. Windows("average", [7, 256], [185, 256], [255, 256], static (p, g) => p.SumPool(Int8(1, 1, 600, 600), g, new())),
        LimitCase.At(8192, "channels of a max pooling", static (p, n) => p.MaxPool(Int8(1, n, 2, 2), new(2, 2))),
        LimitCase.At(8192, "height of a max pooling", static (p, n) => p.MaxPool(Int8(1, 1, n, 2), new(2, 2))),
        LimitCase.At(8192, "width of a max pooling", static (p, n) => p.MaxPool(Int8(1, 1, 2, n), new(2, 2))),
        LimitCase.At(8192, "positions of a global average", static (p, n) => p.SumPool(Int8(1, 1, 1, n), PoolGeometry.Global, new())),
        LimitCase.At(256, "adaptive average window", static (p, n) => p.SumPool(Int8(1, 1, 2, (2 * n) - 1), PoolGeometry.Adaptive(1, 2), new())),
        new("averages of one element", static p => p.SumPool(Int8(1, 1, 4, 4), new(1, 2), new()), static p => p.SumPool(Int8(1, 1, 4, 4), new(1, 1), new())),
        new("averages of 8192 elements", static p => p.SumPool(Int8(1, 1, 300, 300), new(64, 128), new()), static p => p.SumPool(Int8(1, 1, 300, 300), new(34, 241), new())),
    ];

    private static IEnumerable<LimitCase> Windows(string pool, int[] windows, int[] strides, int[] paddings, Action<IPrimitives<Fact>, PoolGeometry> run) =>
    [
        .. windows.Select(n => LimitCase.At(n, $"{pool} window height", (p, k) => run(p, new(k, 2)))),
        .. windows.Select(n => LimitCase.At(n, $"{pool} window width", (p, k) => run(p, new(2, k)))),
        .. strides.Select(n => LimitCase.At(n, $"{pool} stride height", (p, s) => run(p, new(2, 2, StrideH: s)))),
        .. strides.Select(n => LimitCase.At(n, $"{pool} stride width", (p, s) => run(p, new(2, 2, StrideW: s)))),
        .. paddings.Select(n => LimitCase.At(n, $"{pool} padding height", (p, k) => run(p, new(2, 2, PadH: k)))),
        .. paddings.Select(n => LimitCase.At(n, $"{pool} padding width", (p, k) => run(p, new(2, 2, PadW: k)))),
    ];
}
