using QatGen.Graphs;

namespace QatGen.Primitives;

/// <summary>
/// Where the integers of a result come from, said without the shape of the input: axes count from the end where they are negative. <see cref="For"/> resolves it for a shape [N, ...] of one to
/// six axes. Frames stay where they are: what would move the batch axis does not fit.
/// </summary>
public abstract partial record Movement
{
    public const int LargestRank = 6;
    private const int LargestLength = 1 << 24;

    /// <summary>The arguments of the constructor in order: integers, reals and lists of integers.</summary>
    public abstract Seq<Value> Arguments { get; }

    /// <summary>The movement for one shape; a shape that it does not fit is a <see cref="MovementException"/>.</summary>
    public MovePlan For(Seq<int> shape)
    {
        var plan = IsTooLarge(shape) ? throw new MovementException("the tensor is too large") : Plan(new(shape));
        return plan.Output.Count is < 1 or > LargestRank ? throw new MovementException($"the result has {plan.Output.Count} axes")
            : plan.Output.Skip(1).Any(static d => d == 0) ? throw new MovementException("nothing is left")
            : IsTooLarge(plan.Output) ? throw new MovementException("the result is too large")
            : plan;
    }

    protected abstract MovePlan Plan(MoveSource source);

    /// <summary>The length of an axis of the result; one that no tensor has is refused before its table is made.</summary>
    protected static int Length(long length) => length <= LargestLength ? (int)Math.Max(0, length) : throw new MovementException("the result is too large");

    private static bool IsTooLarge(Seq<int> shape) => shape.Skip(1).Any(static d => d > LargestLength) || shape.Skip(1).Aggregate(1.0, static (n, d) => n * d) > int.MaxValue;

    protected static Value List(Seq<int> numbers) => numbers.Select(static n => (long)n).ToArray();
}
