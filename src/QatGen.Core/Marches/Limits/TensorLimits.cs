using QatGen.Primitives;
using static QatGen.Marches.Limits.Words;

namespace QatGen.Marches.Limits;

/// <summary>Every tensor, and primitives that only pass through what they read. Source: the converter's general remarks.</summary>
internal static class TensorLimits
{
    /// <summary>The result of any primitive.</summary>
    public static PrimitiveTable<Fact> Tensor { get; } = new(
        "tensor",
        new MarchRow<Fact>(On.Bernoulli2, On.AnyType, On.AnyType, Batch(128)),
        new MarchRow<Fact>(
            On.BothBayes,
            On.AnyType,
            On.AnyType,
            Batch(4096),
            new("sides and channels of at most 65536", static x => x.SidesUpTo(65536), static x => x.ToString()),
            new("at most 1 GB", static x => x.Bytes is null or <= 1 << 30, static x => x.ToString())),
        new MarchRow<Fact>(On.Nash, On.AnyType, On.AnyType));

    public static PrimitiveTable<Fact> Clamp { get; } = new(
        "clamp",
        new MarchRow<Fact>(On.Bernoulli2, On.Int8, On.Int8),
        new MarchRow<Fact>(On.BothBayes, On.Int8And16, On.Int8And16, new Limit<Fact>("at most 10 dimensions", static x => x.Rank <= 10, static x => x.ToString())),
        new MarchRow<Fact>(On.Nash, On.Int8And16, On.Int8And16));

    public static PrimitiveTable<Fact> Reshape { get; } = new("reshape", new MarchRow<Fact>(On.All, On.AnyType, On.AnyType));

    private static Limit<Fact> Batch(int largest) => new($"a batch of at most {Count(largest)}", x => x.Dimension(0) <= largest, static x => x.ToString());
}
