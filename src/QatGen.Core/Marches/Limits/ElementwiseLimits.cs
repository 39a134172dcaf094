using QatGen.Primitives;

namespace QatGen.Marches.Limits;

/// <summary>Element by element. Sources: the manual's mul, maximum, minimum and comparisons, and the converter's Mul; BERNOULLI2 takes no constant operand.</summary>
internal static class ElementwiseLimits
{
    public static PrimitiveTable<Fact> Constant { get; } = new("constant operand", new MarchRow<Fact>(On.Later, On.AnyType, On.AnyType));

    /// <summary>int32 products; what is multiplied is never an accumulator.</summary>
    public static PrimitiveTable<Fact> Product { get; } = new(
        "product",
        new MarchRow<Fact>(On.Bernoulli2, On.Int8And16, On.Int32, new Limit<Fact>("at most 2048 channels", static x => x.Dimension(1) <= 2048, static x => x.ToString())),
        new MarchRow<Fact>(On.BothBayes, On.Int8And16, On.Int32, new Limit<Fact>("at most 5 dimensions", static x => x.Rank <= 5, static x => x.ToString())),
        new MarchRow<Fact>(On.Nash, On.Int8And16, On.Int32));

    public static PrimitiveTable<Fact> Choice { get; } = new("maximum, minimum or selection", new MarchRow<Fact>(On.Later, On.Int8And16, On.Int8And16));

    /// <summary>The manual's ceil and floor; the magnitude of values is held against its limits at conversion.</summary>
    public static PrimitiveTable<Fact> Rounding { get; } = new("rounding to whole numbers", new MarchRow<Fact>(On.Later, On.Int8And16, On.Int32));

    public static PrimitiveTable<Fact> Comparison { get; } = new("comparison", new MarchRow<Fact>(On.Later, On.Int8And16, On.Int8));
}
