using QatGen.Primitives;

namespace QatGen.Core.Tests.Marches;

internal static partial class LimitCases
{
    private static IEnumerable<LimitCase> Reductions =>
    [
        LimitCase.At(1, "last axis of a sum", static (p, n) => p.Reduce(Int8(1, 2, 3, 4), new(ReduceKind.Sum, new(n)))),
        LimitCase.At(65535, "summed elements", static (p, n) => p.Reduce(Int8(1, n, 2, 2), new(ReduceKind.Mean, new(1)))),
        LimitCase.At(65535, "elements of a maximum", static (p, n) => p.Reduce(Int8(1, 2, n), new(ReduceKind.Maximum, new(-1)))),
        LimitCase.At(65535, "channels of a minimum", static (p, n) => p.Reduce(Int8(1, n, 2, 2), new(ReduceKind.Minimum, new(1)))),
    ];
}
