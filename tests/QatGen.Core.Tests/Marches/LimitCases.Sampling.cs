using QatGen.Primitives;

namespace QatGen.Core.Tests.Marches;

internal static partial class LimitCases
{
    private static IEnumerable<LimitCase> Samplings =>
    [
        LimitCase.At(512, "rows of a resize of 2", static (p, n) => Resize(p, [1, 1, 2, 2], n, 2)),
        LimitCase.At(512, "columns of a resize of 2", static (p, n) => Resize(p, [1, 1, 2, 2], 2, n)),
        LimitCase.At(511, "rows resized to 2", static (p, n) => Resize(p, [1, 1, n, 2], 2, 2)),
        LimitCase.At(8192, "channels of a resize", static (p, n) => Resize(p, [1, n, 2, 2], 2, 2)),
        LimitCase.At(8192, "height of a resize", static (p, n) => Resize(p, [1, 1, n, 2], 4096, 2)),
        LimitCase.At(8192, "width of a resize's result", static (p, n) => Resize(p, [1, 1, 2, 4096], 2, n)),
    ];

    private static void Resize(IPrimitives<Fact> p, int[] shape, params int[] sizes) => p.Resize(Int8(shape), new(new(sizes), Seq<double>.Empty));
}
