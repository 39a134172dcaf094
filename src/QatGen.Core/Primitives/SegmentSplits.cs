using QatGen.Arithmetic;

namespace QatGen.Primitives;

/// <summary>Where the six segments of an int16 table begin and end: seven inputs from -32768 to 32768.</summary>
internal static class SegmentSplits
{
    // Splits lie at multiples of a cell. A segment of one cell holds every input of it, so it is right whatever the function does there.
    private const int Cell = SegmentTable.Entries - 1;
    private const int Cells = (65536 + Cell - 1) / Cell;
    private const int Rounds = 60;

    /// <summary>Segments of one length from the first to the last input that is needed.</summary>
    public static int[] Even(double[] values, Func<int, bool> isNeeded)
    {
        var (first, end) = (0, values.Length);
        for (; first < end - SegmentTable.Segments && !isNeeded(first); first++)
        {
        }

        for (; end > first + SegmentTable.Segments && !isNeeded(end - 1); end--)
        {
        }

        return [.. Enumerable.Range(0, SegmentTable.Segments + 1).Select(k => short.MinValue + first + (k * (end - first) / SegmentTable.Segments))];
    }

    /// <summary>
    /// A chord of length n is off by at most n^2 |f''| / 8. The smallest error that both lines and six segments, whose chords are 63 times shorter, can keep over the whole range is found by
    /// halving: each piece takes as many cells as keep the error. Inputs that are not needed may have any.
    /// </summary>
    public static int[] ByCurvature(double[] values, Func<int, bool> isNeeded)
    {
        var bends = Bends(values, isNeeded);
        var (low, high) = (1e-9, 1e12);
        for (var round = 0; round < Rounds; round++)
        {
            var middle = Math.Sqrt(low * high);
            (low, high) = Cover(bends, middle) is null ? (middle, high) : (low, middle);
        }

        return [.. (Cover(bends, high) ?? throw new InvalidOperationException("No error is large enough.")).Select(static c => Math.Min(short.MinValue + (c * Cell), short.MaxValue + 1))];
    }

    /// <summary>The splits, in cells, of pieces that keep an error; null when they do not reach.</summary>
    private static int[]? Cover(double[] bends, double error)
    {
        var right = Cells;
        for (var worst = 0.0; right > 0 && Chord(Cells - right + 1, worst = Math.Max(worst, bends[right - 1])) <= error; right--)
        {
        }

        var splits = new int[SegmentTable.Segments + 1];
        splits[0] = Extend(0, 1);
        for (var k = 1; k < splits.Length; k++)
        {
            splits[k] = Math.Min(right, Math.Max(splits[k - 1], Extend(splits[k - 1], SegmentTable.Entries - 1)));
        }

        splits[0] = Math.Min(splits[0], right);
        return splits[SegmentTable.Segments] >= right ? splits : null;

        int Extend(int start, int parts)
        {
            var end = start;
            for (var worst = 0.0; end < Cells && IsFree(end) | Chord((end - start + 1) / (double)parts, worst = Math.Max(worst, bends[end])) <= error; end++)
            {
            }

            return end;

            bool IsFree(int cell) => parts > 1 && cell == start;
        }
    }

    private static double Chord(double cells, double bend) => cells * Cell * cells * Cell * bend / 8;

    /// <summary>
    /// The largest |f''| inside each cell, as second differences of neighbouring inputs. Steps and corners count for more than they do to a chord, so that they get a segment of one cell;
    /// where a cell begins they do no harm.
    /// </summary>
    private static double[] Bends(double[] values, Func<int, bool> isNeeded)
    {
        var bends = new double[Cells];
        for (var q = 1; q + 1 < values.Length; q++)
        {
            if (q % Cell != 0 && isNeeded(q))
            {
                bends[q / Cell] = Math.Max(bends[q / Cell], Math.Abs(values[q - 1] - (2 * values[q]) + values[q + 1]));
            }
        }

        return bends;
    }
}
