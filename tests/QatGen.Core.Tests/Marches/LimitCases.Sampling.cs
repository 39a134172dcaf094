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
        LimitCase.At(1024, "height of a sampled map", static (p, n) => Sample(p, DType.QInt8, n, 2)),
        LimitCase.At(1024, "width of a sampled map", static (p, n) => Sample(p, DType.QInt8, 2, n)),
        LimitCase.At(720, "rows of a sampled map of 1024 columns", static (p, n) => Sample(p, DType.QInt8, n, 1024)),
        LimitCase.At(256, "rows of a sampled map of 1024 columns, a quarter of it", static (p, n) => Sample(p, DType.QInt8, n, 1024)),
        new("type of a sampled map", static p => Sample(p, DType.QInt8, 4, 4), static p => Sample(p, DType.QInt16, 4, 4)),
    ];

    private static void Sample(IPrimitives<Fact> p, DType type, int height, int width) => p.GridSample(Tensor(type, 1, 1, height, width), Int8(1, 2, 2, 2), Fact.Of(new GridConstant(1, 1, 1, 1)), new());

    private static void Resize(IPrimitives<Fact> p, int[] shape, params int[] sizes) => p.Resize(Int8(shape), new(new(sizes), Seq<double>.Empty));
}
