namespace QatGen.Primitives;

/// <summary>
/// A gathering for one pair of shapes: each element of a frame of the result reads the index where <paramref name="Index"/> says, and the data where <paramref name="Data"/> says and
/// <paramref name="Step"/> elements further for each step of the index, which is below <paramref name="Size"/>.
/// </summary>
public sealed record GatherPlan(MovePlan Data, MovePlan Index, int Size, int Step)
{
    /// <summary>The shape of the result.</summary>
    public Seq<int> Output => Data.Output;
}
