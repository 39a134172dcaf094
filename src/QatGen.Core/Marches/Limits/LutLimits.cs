using QatGen.Primitives;

namespace QatGen.Marches.Limits;

/// <summary>A table as the limits see it.</summary>
public sealed record LutUse(Fact X, Fact Result);

/// <summary>Tables. Sources: the converter's element-wise tables (Sigmoid, Tanh, Sin, Cos, Sqrt, Softplus), the manual's exp, and the type columns of the Nash operators.</summary>
internal static class LutLimits
{
    public static PrimitiveTable<LutUse> Lut { get; } = new(
        "table function",
        new MarchRow<LutUse>(
            On.Bernoulli2,
            On.Int8,
            On.Int8,
            new Limit<LutUse>("at most 8192 elements (channels x height x width)", static u => FrameSize(u.X) is null or <= 8192, static u => u.X.ToString())),
        new MarchRow<LutUse>(On.BothBayes, On.Int8And16, On.Int8And16, new Limit<LutUse>("at most 10 dimensions", static u => u.X.Rank <= 10, static u => u.X.ToString())),
        new MarchRow<LutUse>(
            On.Nash,
            On.Int8And16,
            On.Int8And16,
            new Limit<LutUse>("a qint16 result only of a qint16 input", static u => u.Result.DType == DType.QInt8 || u.X.DType == DType.QInt16, static u => $"{u.Result.DType.Name()} of {u.X.DType.Name()}")));

    private static long? FrameSize(Fact x) => (x with { Shape = new([.. x.Shape.Skip(1)]) }).Elements;
}
