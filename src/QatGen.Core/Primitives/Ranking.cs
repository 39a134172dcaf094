namespace QatGen.Primitives;

/// <summary>
/// The positions of the largest, or smallest, elements along an axis, in order; of equal ones the lower position comes first. The axis counts from the end where it is negative and is not the batch;
/// <paramref name="Count"/> 0 ranks all.
/// </summary>
public sealed record Ranking(int Axis, int Count, bool IsSmallest = false)
{
    /// <summary>The axis of a tensor of some rank; 0 where it has none such.</summary>
    public int For(int rank) => (Axis < 0 ? Axis + rank : Axis) is > 0 and var axis && axis < rank ? axis : 0;

    /// <summary>How many positions are told of an axis of a size.</summary>
    public int Of(int size) => Count == 0 ? size : Count;

    /// <summary>The shape of the result, as far as that of the tensor is known; empty where there are no such positions.</summary>
    public Seq<int> Output(Seq<int> shape)
    {
        var axis = For(shape.Count);
        return axis == 0 || Count < 0 || (shape[axis] >= 0 && Count > shape[axis]) ? Seq<int>.Empty : shape.Select((d, i) => i == axis ? Of(d) : d).ToSeq();
    }
}
