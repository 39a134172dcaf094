using QatGen.Primitives;

namespace QatGen.Bpu;

/// <summary>Where an element lies in the source of a movement, or what its row, column or channel of the result adds to that; <see cref="Outside"/> stands for the filling integer.</summary>
internal readonly record struct Place(int Row, int Column, int Channel)
{
    public static Place Outside { get; } = new(-1, -1, -1);
}

/// <summary>A movement between folded tensors: for each row, column and channel of the result the part that it adds to the place in the source.</summary>
internal sealed record MoveTables(Seq<Place> Rows, Seq<Place> Columns, Seq<Place> Channels, int Fill)
{
    /// <summary>What each position of an index adds beside them; empty for a movement without.</summary>
    public Seq<Place> Along { get; init; } = Seq<Place>.Empty;

    /// <summary>Bytes of one place in a table.</summary>
    public const int PlaceBytes = 12;

    public static MoveTables Of(MovePlan plan, int fill, Tensor source)
    {
        var rank = plan.Output.Count;
        return new(Places(plan.Joined(1, Math.Max(0, rank - 3)), source), Places(rank > 2 ? plan.Joined(rank - 2, 1) : [0], source), Places(plan.Joined(0, 1), source), fill);
    }

    public static MoveTables Of(GatherPlan plan, Tensor source) =>
        Of(plan.Data, 0, source) with { Along = Places([.. Enumerable.Range(0, plan.Size).Select(i => i * plan.Step)], source) };

    private static Seq<Place> Places(int[] elements, Tensor source) => elements.Select(e => e == MovePlan.Outside
        ? Place.Outside
        : new(e % source.Positions / source.Width, e % source.Width, e / source.Positions)).ToSeq();

    /// <summary>The rows of the source that some rows and channels of the result read; at least one.</summary>
    public Extent SourceRows(Extent rows, Extent channels) => Sum(static p => p.Row, rows, channels);

    /// <summary>The channels of the source that some rows and channels of the result read; at least one.</summary>
    public Extent SourceChannels(Extent rows, Extent channels) => Sum(static p => p.Channel, rows, channels);

    /// <summary>The most rows and channels of the source that a tile of so many rows and channels of the result reads.</summary>
    public (int Rows, int Channels) LargestBox(int rows, int channels) => (Largest(static p => p.Row, rows, channels), Largest(static p => p.Channel, rows, channels));

    private int Largest(Func<Place, int> part, int rows, int channels) =>
        Rows.Chunk(rows).Max(c => Span(c, part).Length) + Span(Columns, part).Length + Channels.Chunk(channels).Max(c => Span(c, part).Length) + 1;

    private Extent Sum(Func<Place, int> part, Extent rows, Extent channels)
    {
        var (a, b, c) = (Span(Rows.Skip(rows.Start).Take(rows.Count), part), Span(Columns, part), Span(Channels.Skip(channels.Start).Take(channels.Count), part));
        return new(a.First + b.First + c.First, a.Length + b.Length + c.Length + 1);
    }

    private static (int First, int Length) Span(IEnumerable<Place> places, Func<Place, int> part)
    {
        var (first, last) = (int.MaxValue, int.MinValue);
        foreach (var place in places.Where(static p => p != Place.Outside))
        {
            (first, last) = (Math.Min(first, part(place)), Math.Max(last, part(place)));
        }

        return last < first ? (0, 0) : (first, last - first);
    }
}
