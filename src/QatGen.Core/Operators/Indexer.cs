using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>The indexer: <c>x[.., 1..^1, TensorIndex.None, 0]</c> takes elements and ranges of axes, and puts in axes of one element. A mask or a tensor of positions is no constant movement.</summary>
public sealed class Indexer() : MovementOperator("Indexer", new Form(FormKind.Indexer, "this"))
{
    private const string Argument = "indices";

    private const long ToTheEnd = int.MaxValue;

    /// <summary>What one index does; the numbers of a <see cref="Kind.Part"/> are those of a slice, of a <see cref="Kind.Element"/> its place.</summary>
    private enum Kind
    {
        Element,
        Part,
        NewAxis,
        Ellipsis,
    }

    private sealed record Entry(Kind Kind, long Start = 0, long End = ToTheEnd, long Step = 1)
    {
        /// <summary>How many axes of the source it stands for.</summary>
        public int Takes => Kind is Kind.Element or Kind.Part ? 1 : 0;

        public Value ToValue() => new long[] { (long)Kind, Start, End, Step };
    }

    /// <summary>Whether all indices are constant movements.</summary>
    public static bool CanRead(Node node) => Entries(node) is not null;

    protected override Seq<string> Axes => new(Argument);

    public override bool IsView => true;

    public override IEnumerable<Violation> Check(Node node)
    {
        if (Entries(node) is null)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, Argument, node.Attributes.ToString(), "constant numbers, ranges, TensorIndex.Slice, Colon, Ellipsis and None");
        }
        else if (Entries(node) is [{ Kind: not Kind.Ellipsis } first, ..] && first != new Entry(Kind.Part))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "the first index", node.Attributes.ToString(), "all of the batch, as x[.., 0] does");
        }
    }

    /// <summary>Axes behind an ellipsis are counted from the end, from the last one on; those in front of it from the start, where each movement changes the number of the next.</summary>
    protected override IEnumerable<Movement> Movements(Node node)
    {
        var entries = Entries(node)!;
        var ellipsis = entries.FindIndex(static e => e.Kind == Kind.Ellipsis);
        for (var i = entries.Count - 1; i > ellipsis && ellipsis >= 0; i--)
        {
            // What is behind it in the result: all but elements.
            var behind = entries.Skip(i + 1).Count(static e => e.Kind != Kind.Element);
            foreach (var movement in Move(entries[i], -1 - behind))
            {
                yield return movement;
            }
        }

        var axis = 0;
        foreach (var entry in ellipsis < 0 ? entries : entries.Take(ellipsis))
        {
            foreach (var movement in Move(entry, axis))
            {
                yield return movement;
            }

            axis += entry.Kind == Kind.Element ? 0 : 1;
        }
    }

    private static IEnumerable<Movement> Move(Entry entry, int axis) => entry switch
    {
        { Kind: Kind.Element } => [new Movement.Select(axis, (int)entry.Start)],
        { Kind: Kind.NewAxis } => [new Movement.Unsqueeze(axis)],
        _ when entry == new Entry(Kind.Part) => [],
        _ => [new Movement.Slice(axis, (int)entry.Start, (int)Math.Min(entry.End, ToTheEnd), (int)entry.Step)],
    };

    /// <summary>The indices in the order of the program's axes: that of the batch, which is whole, first.</summary>
    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs)
    {
        var x = inputs[0];
        if (Entries(node) is not { } entries)
        {
            return null;
        }

        if (x.Batch == Placed.NoBatch)
        {
            return new(With(node, [Whole, .. entries]), x.Batch);
        }

        var more = entries.TakeWhile(static e => e.Kind == Kind.NewAxis).Count();
        if (x.Batch == 0 && (more == 0 || (more < entries.Count && entries[more] != Whole && entries[more].Kind != Kind.Ellipsis)))
        {
            return new(With(node, entries), 0);
        }

        if (entries.FindIndex(static e => e.Kind == Kind.Ellipsis) is >= 0 and var ellipsis)
        {
            if (x.Rank is not { } rank)
            {
                return null;
            }

            entries.RemoveAt(ellipsis);
            entries.InsertRange(ellipsis, Enumerable.Repeat(Whole, Math.Max(0, rank - entries.Sum(static e => e.Takes))));
        }

        entries.AddRange(Enumerable.Repeat(Whole, Math.Max(0, x.Batch + 1 - entries.Sum(static e => e.Takes))));
        var batch = entries.Select((e, i) => (e, i)).Where(static p => p.e.Takes == 1).ElementAt(x.Batch).i;
        return entries[batch] != Whole ? null
            : new(With(node, entries.Where((_, i) => i != batch).Prepend(Whole)), entries.Take(batch).Count(static e => e.Kind != Kind.Element));
    }

    private static Entry Whole { get; } = new(Kind.Part);

    private static Node With(Node node, IEnumerable<Entry> entries) => node with { Attributes = new() { [Argument] = new Value.Items(entries.Select(static e => e.ToValue()).ToSeq()) } };

    /// <summary>The indices as they are written, or as <see cref="With"/> has written them; null where one is no constant movement.</summary>
    private static List<Entry>? Entries(Node node)
    {
        var written = node.Attributes[Argument] is Value.Items items ? items.Elements.Select(static e => e is Value.Items { Elements: [Value.Integer kind, Value.Integer start, Value.Integer end, Value.Integer step] }
            ? new Entry((Kind)kind.Number, start.Number, end.Number, step.Number) : null)
            : node.Attributes.SelectMany(static a => a.Value is Value.Collection list ? list.Elements : new Seq<Value>(a.Value)).Select(Read);
        var entries = written.ToList();
        return entries.Count == 0 || entries.Contains(null) || entries.Count(static e => e!.Kind == Kind.Ellipsis) > 1 ? null : [.. entries.OfType<Entry>()];
    }

    private static Entry? Read(Value index) => index switch
    {
        Value.Typed typed => Read(typed.Inner),
        Value.Integer place => new(Kind.Element, place.Number),
        Value.FromEnd place => new(Kind.Element, -place.Count),
        Value.Range range => Part(range.Start, range.End, null),
        Value.Tuple { Elements: [var start, var end] } => Part(start, end, null),
        Value.Member { Name: "Colon" } => Whole,
        Value.Member { Name: "Ellipsis" } => new(Kind.Ellipsis),
        Value.Member { Name: "None" } => new(Kind.NewAxis),
        Value.Call { Function: var function, Arguments: var arguments } => function.Substring(function.LastIndexOf('.') + 1) switch
        {
            "Slice" => arguments["range"] is { } range ? Read(range) : Part(arguments["start"], arguments["stop"], arguments["step"]),
            "Single" when arguments["index"] is { } place => Read(place),
            _ => null,
        },
        _ => null,
    };

    /// <summary>A bound that is not given, or is the end itself, leaves the axis whole on its side.</summary>
    private static Entry? Part(Value? start, Value? end, Value? step) =>
        Number(start, 0) is { } from && Number(end, ToTheEnd) is { } to && Number(step, 1) is > 0 and var by ? new(Kind.Part, from, to, by) : null;

    private static long? Number(Value? bound, long otherwise) => bound switch
    {
        null or Value.Null or Value.FromEnd { Count: 0 } => otherwise,
        Value.Typed typed => Number(typed.Inner, otherwise),
        Value.Integer { Number: >= -ToTheEnd and <= ToTheEnd and var number } => number,
        Value.FromEnd place => -place.Count,
        _ => null,
    };

    public override string FloatCall(Node node, string module, string[] inputs) => $"{inputs[0]}[{string.Join(", ", node.Attributes.Select(a => a.Value.ToCode(i => inputs[i])))}]";

    public override IEnumerable<Example> Examples()
    {
        static Example Of(string name, int[] shape, params Value[] indices) => Example.Of(name, Call("Indexer", FormKind.Indexer, "this", new() { [Argument] = new Value.Collection("TensorIndex[]", new(indices)) }), shape);
        var (whole, ellipsis, none) = (new Value.Range(0, new Value.FromEnd(0)), new Value.Member("TensorIndex.Ellipsis"), new Value.Member("TensorIndex.None"));
        yield return Of("token", [2, 9, 21], whole, 0);
        yield return Of("last column", [2, 5, 7, 3], ellipsis, new Value.FromEnd(1));
        yield return Of("parts", [2, 19, 7, 5], whole, new Value.Range(1, new Value.FromEnd(2)), 3, new Value.Tuple(new(new Value.Null(), -1)));
        yield return Of("steps behind others", [1, 3, 4, 11], ellipsis, 0, new Value.Call("TensorIndex.Slice", new() { ["start"] = 1, ["step"] = 3 }));
        yield return Of("new axes", [2, 5, 3], whole, none, new Value.Member("TensorIndex.Colon"), ellipsis, none);
        yield return Of("pixel", [2, 1, 1, 1], whole, whole, 0);
    }
}
