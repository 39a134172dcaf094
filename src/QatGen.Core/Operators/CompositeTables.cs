using QatGen.Arithmetic;
using QatGen.Graphs;

namespace QatGen.Operators;

/// <summary>1 / x for a sum of exponentials of which the largest is 1: half of that takes in its rounding.</summary>
internal sealed class SumReciprocal() : PlainTable("SumReciprocal", Seq<Form>.Empty, static x => 1 / x, low: 0.5);

/// <summary>ln(x) for such a sum.</summary>
internal sealed class SumLog() : PlainTable("SumLog", Seq<Form>.Empty, Math.Log, low: 0.5);

/// <summary>1 / sqrt(x + eps) for a mean of squares.</summary>
internal sealed class InverseRoot() : TableOperator("InverseRoot", Seq<Form>.Empty, 300)
{
    public override Seq<string> Structural => new("eps");

    protected override AttributeMap Arguments => new() { ["eps"] = 1e-5 };

    protected override TableFunction Function(Node node)
    {
        var eps = node.Real("eps", 0);
        return new($"rsqrt(eps: {Text(eps)})", x => 1 / Math.Sqrt(x + eps), low: 0);
    }
}

/// <summary>1 / max(sqrt(x), eps) for a sum of squares; 0 for 0, where all that it multiplies is 0, so that no row of zeros stretches the scale.</summary>
internal sealed class InverseLength() : TableOperator("InverseLength", Seq<Form>.Empty, 300)
{
    public override Seq<string> Structural => new("eps");

    protected override AttributeMap Arguments => new() { ["eps"] = 1e-12 };

    protected override TableFunction Function(Node node)
    {
        var eps = node.Real("eps", 0);
        return new($"inverse length(eps: {Text(eps)})", x => x > 0 ? 1 / Math.Max(Math.Sqrt(x), eps) : 0);
    }
}
