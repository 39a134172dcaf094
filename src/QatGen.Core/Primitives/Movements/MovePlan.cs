namespace QatGen.Primitives;

/// <summary>
/// A movement for one shape: the element at [i1, i2, ...] of a frame of the result is number <c>Offsets[0][i1] + Offsets[1][i2] + ...</c> of the frame of the source, row by row, or what
/// fills where one of them is <see cref="Outside"/>. The tables share the digits of the source's coordinates, so coordinates add up without carry just as offsets do.
/// </summary>
public sealed class MovePlan
{
    public const int Outside = -1;

    public MovePlan(int batch, IReadOnlyList<int[]> offsets) => (Offsets, Output) = (offsets, new([batch, .. offsets.Select(static o => o.Length)]));

    /// <summary>The shape of the result.</summary>
    public Seq<int> Output { get; }

    /// <summary>One table for each axis of the result behind the batch.</summary>
    public IReadOnlyList<int[]> Offsets { get; }

    /// <summary>Whether every integer keeps its number: only the shape changes.</summary>
    public bool IsReshape(Seq<int> shape)
    {
        var size = 1;
        for (var axis = Offsets.Count - 1; axis >= 0; axis--)
        {
            for (var i = 0; i < Offsets[axis].Length; i++)
            {
                if (Offsets[axis][i] != i * size)
                {
                    return false;
                }
            }

            size *= Offsets[axis].Length;
        }

        return size == shape.Skip(1).Aggregate(1, static (n, d) => n * d);
    }

    /// <summary>The tables of some adjoining axes as one table, as if the axes were one; of none the table of a single element.</summary>
    public int[] Joined(int first, int count) => Offsets.Skip(first).Take(count).Aggregate(new[] { 0 }, Join);

    /// <summary>The table of two axes seen as one.</summary>
    public static int[] Join(int[] outer, int[] inner) => [.. outer.SelectMany(o => inner.Select(i => o == Outside || i == Outside ? Outside : o + i))];

    /// <summary>For each element of a frame of the result its number in the source.</summary>
    public int[] Elements() => Joined(0, Offsets.Count);
}
