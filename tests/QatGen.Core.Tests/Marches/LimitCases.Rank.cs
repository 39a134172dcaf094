namespace QatGen.Core.Tests.Marches;

internal static partial class LimitCases
{
    private static IEnumerable<LimitCase> Ranks =>
    [
        LimitCase.At(1, "last axis of a position", static (p, n) => p.TopK(Int8(1, 2, 3, 4), new(n, 1))),
        LimitCase.At(64, "channels of a position", static (p, n) => p.TopK(Int8(1, n, 2), new(1, 1))),
        LimitCase.At(65535, "columns of a position", static (p, n) => p.TopK(Int8(1, 2, n), new(1, 1))),
        LimitCase.At(32767, "elements of a position", static (p, n) => p.TopK(Int8(1, 2, n), new(-1, 1))),
        LimitCase.At(32767, "elements in order", static (p, n) => p.TopK(Int8(1, 2, n), new(2, 2))),
    ];
}
