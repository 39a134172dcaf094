namespace QatGen.Primitives;

/// <summary>
/// Elements picked along an axis, which counts from the end where it is negative and is not the batch: result [.., i, ..] is data [.., index[.., i, ..], ..]. The result has the shape of the index, no other
/// side of which exceeds the data's; or, where it <paramref name="Repeats"/>, data and index repeat over each other on all other axes, and either may be a constant, which may have fewer dimensions. A constant index of one dimension lies along the axis.
/// </summary>
public sealed record Gathering(int Axis, bool Repeats = false)
{
    /// <summary>The shape of the result, as far as those of data and index are known; empty where they do not fit each other.</summary>
    public Seq<int> Output(Seq<int> data, Seq<int> index)
    {
        var rank = Math.Max(data.Count, index.Count);
        var axis = Axis < 0 ? Axis + rank : Axis;
        if (axis < 1 || axis >= rank || (!Repeats && data.Count != index.Count))
        {
            return Seq<int>.Empty;
        }

        var sizes = Aligned(data, rank).Zip(IndexOver(rank, index), static (d, i) => (Data: d, Index: i)).ToArray();
        return sizes.Where((_, a) => a != axis).All(Fits)
            ? sizes.Select((s, a) => a == axis || !Repeats || s.Data == 1 || (s.Index != 1 && s.Data < 0) ? s.Index : s.Data).ToSeq() : Seq<int>.Empty;
    }

    /// <summary>Where each element of a frame of the result reads, for shapes that fit.</summary>
    public GatherPlan For(Seq<int> data, Seq<int> index)
    {
        var output = Output(data, index);
        var axis = Axis < 0 ? Axis + output.Count : Axis;
        var (from, at) = (Aligned(data, output.Count), IndexOver(output.Count, index));
        return new(
            new(output[0], [.. Enumerable.Range(1, output.Count - 1).Select(a => Offsets(from, a, output[a], a == axis))]),
            new(output[0], [.. Enumerable.Range(1, output.Count - 1).Select(a => Offsets(at, a, output[a], isFixed: false))]),
            from[axis], Stride(from, axis));
    }

    /// <summary>The shape of an index in the dimensions of a result.</summary>
    public int[] IndexOver(int rank, Seq<int> index) => index.Count == 1 && Repeats
        ? [.. Enumerable.Range(0, rank).Select(axis => axis == (Axis < 0 ? Axis + rank : Axis) ? index[0] : 1)] : Aligned(index, rank);

    private bool Fits((int Data, int Index) sizes) => sizes.Data < 0 || sizes.Index < 0 || sizes.Data == sizes.Index || (Repeats ? sizes.Data == 1 || sizes.Index == 1 : sizes.Index < sizes.Data);

    private static int[] Aligned(Seq<int> shape, int rank) => [.. Enumerable.Repeat(1, rank - shape.Count), .. shape];

    private static int[] Offsets(int[] shape, int axis, int count, bool isFixed) => [.. Enumerable.Range(0, count).Select(i => isFixed || shape[axis] == 1 ? 0 : i * Stride(shape, axis))];

    private static int Stride(int[] shape, int axis) => shape.Skip(axis + 1).Aggregate(1, static (n, d) => n * d);
}
