using QatGen.Primitives;

namespace QatGen.Bpu.Tests;

/// <summary>Lines are cut out, ranked or picked from, and put back.</summary>
internal sealed partial class ReferencePrimitives
{
    public ReferenceValue TopK(ReferenceValue x, Ranking ranking)
    {
        var (lines, axis) = Lines(x, ranking.Axis);
        var ranked = lines.Select(line => line.Select(static (v, p) => (Value: (long)v, Position: p)).OrderBy(e => ranking.IsSmallest ? e.Value : -e.Value).ThenBy(static e => e.Position)
            .Select(static e => e.Position).Take(ranking.Count == 0 ? line.Length : ranking.Count).ToArray()).ToArray();
        return Joined(ranked, x.Shape, axis, DType.QInt32);
    }

    public ReferenceValue Gather(ReferenceValue data, ReferenceValue index, Gathering gathering)
    {
        var rank = Math.Max(data.Shape.Length, index.Shape.Length);
        var axis = gathering.Axis < 0 ? gathering.Axis + rank : gathering.Axis;
        var (from, at) = (Padded(data, rank), index.Shape.Length > 1 ? Padded(index, rank) : index with { Shape = [.. Enumerable.Range(0, rank).Select(a => a == axis ? index.Data.Length : 1)] });
        for (var a = 0; a < rank; a++)
        {
            if (a != axis && from.Shape[a] != at.Shape[a])
            {
                (from, at) = gathering.Repeats ? (Widened(from, a, at.Shape[a]), Widened(at, a, from.Shape[a])) : (Cut(from, a, at.Shape[a]), at);
            }
        }

        var picked = Lines(from, axis).Lines.Zip(Lines(at, axis).Lines, static (line, positions) => positions.Select(p => line[p]).ToArray()).ToArray();
        return Joined(picked, at.Shape, axis, data.Type);
    }

    private static ReferenceValue Padded(ReferenceValue value, int rank) => value with { Shape = [.. Enumerable.Repeat(1, rank - value.Shape.Length), .. value.Shape] };

    private static ReferenceValue Widened(ReferenceValue value, int axis, int size) => value.Shape[axis] == 1 ? Repeat(value, axis, size) : value;

    private static ReferenceValue Cut(ReferenceValue value, int axis, int size) =>
        Joined([.. Lines(value, axis).Lines.Select(line => line[..size])], value.Shape, axis, value.Type);

    /// <summary>The elements along an axis, line by line, the last axis fastest.</summary>
    private static (int[][] Lines, int Axis) Lines(ReferenceValue x, int axis)
    {
        axis = axis < 0 ? axis + x.Shape.Length : axis;
        var inner = x.Shape.Skip(axis + 1).Aggregate(1, static (n, d) => n * d);
        var chunks = x.Data.Chunk(inner * x.Shape[axis]);
        return ([.. chunks.SelectMany(c => Enumerable.Range(0, inner).Select(i => c.Where((_, at) => at % inner == i).ToArray()))], axis);
    }

    private static ReferenceValue Joined(int[][] lines, int[] shape, int axis, DType type)
    {
        var inner = shape.Skip(axis + 1).Aggregate(1, static (n, d) => n * d);
        int[] data = [.. lines.Chunk(inner).SelectMany(block => Enumerable.Range(0, block[0].Length).SelectMany(i => block.Select(line => line[i])))];
        return new([.. shape.Select((d, a) => a == axis ? lines[0].Length : d)], data, type);
    }
}
