namespace QatGen.Primitives;

/// <summary>What a reduction makes of the integers along its axes.</summary>
public enum ReduceKind
{
    /// <summary>Their int32 sum.</summary>
    Sum,

    /// <summary>Their int32 sum, whose scale is divided by their count.</summary>
    Mean,

    Maximum,

    Minimum,
}

/// <summary>A reduction over axes behind the batch, counted from the end where they are negative. Each stays, with one element.</summary>
public sealed record Reduction(ReduceKind Kind, Seq<int> Axes)
{
    /// <summary>Whether the result is an int32 sum; otherwise it keeps type and scale.</summary>
    public bool IsSum => Kind is ReduceKind.Sum or ReduceKind.Mean;

    /// <summary>The axes of a tensor of some rank, in order; empty where they do not fit it: one is not there, is given twice, or is the batch.</summary>
    public Seq<int> For(int rank)
    {
        var axes = Axes.Select(a => a < 0 ? a + rank : a).ToArray();
        return axes.Distinct().Count() < axes.Length || axes.Any(a => a < 1 || a >= rank) ? Seq<int>.Empty : axes.OrderBy(static a => a).ToSeq();
    }

    /// <summary>The shape of the result for axes that fit.</summary>
    public Seq<int> Output(Seq<int> shape)
    {
        var axes = For(shape.Count);
        return shape.Select((d, axis) => axes.Contains(axis) ? 1 : d).ToSeq();
    }

    /// <summary>How many elements become one; -1 while that is not known.</summary>
    public long Count(Seq<int> shape) => For(shape.Count).Aggregate(1L, (n, axis) => n < 0 || shape[axis] < 0 ? -1 : n * shape[axis]);
}
