using QatGen.Graphs;

namespace QatGen.Generators.Capture;

/// <summary>The outcomes that one run of a block takes for conditions on its constructor's arguments; the model that constructs the block will decide them.</summary>
internal sealed record Assumptions(Seq<(Scalar Condition, bool Holds)> Holding)
{
    public static Assumptions None { get; } = new(Seq<(Scalar, bool)>.Empty);

    public Assumptions With(Scalar condition, bool holds) => new(Holding.Append((condition, holds)).ToSeq());

    public Seq<BlockCondition> ToConditions() => Holding.Select(static h => new BlockCondition(h.Condition.Formula!, h.Holds)).ToSeq();
}
