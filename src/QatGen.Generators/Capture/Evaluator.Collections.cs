using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace QatGen.Generators.Capture;

/// <summary>Lists, arrays, stacks and queues: a stack lists its top first.</summary>
internal sealed partial class Evaluator
{
    private Datum[] Collect(Datum value, IOperation site)
    {
        var items = new List<Datum>();
        Each(value, site, item =>
        {
            items.Add(items.Count < LongestList ? item : throw Fail(CaptureRules.Budget, site, SourceText.Of(site)));
            return true;
        });
        return [.. items];
    }

    private Datum? CallList(ListOf list, string method, IReadOnlyList<Datum> arguments, IOperation call)
    {
        var items = Contents(list, call);
        Outside Become(IEnumerable<Datum> changed)
        {
            SetContents(list, changed, call);
            return Outside.Nothing;
        }

        Datum Remove(int index)
        {
            var removed = At(new Constant(index), items.Count, call);
            SetContents(list, items.Where((_, i) => i != removed), call);
            return items[removed];
        }

        return (method, arguments) switch
        {
            ("Add" or "Enqueue", [var item]) => Become(items.Append(item)),
            ("Push", [var item]) => Become(items.Prepend(item)),
            ("Pop" or "Dequeue", []) => Remove(0),
            ("Peek", []) => items[At(new Constant(0), items.Count, call)],
            ("AddRange", [var more]) => Become(items.Concat(Enumerate(more, call))),
            ("Insert", [Constant { Value: int index }, var item]) when index >= 0 && index <= items.Count => Become([.. items.Take(index), item, .. items.Skip(index)]),
            ("InsertRange", [Constant { Value: int index }, var more]) when index >= 0 && index <= items.Count => Become([.. items.Take(index), .. Enumerate(more, call), .. items.Skip(index)]),
            ("RemoveAt", [Constant { Value: int index }]) => Remove(index) is not null ? Outside.Nothing : null,
            ("RemoveRange", [Constant { Value: int start }, Constant { Value: int count }]) when IsPart(start, count, items.Count) => Become(items.Where((_, i) => i < start || i >= start + count)),
            ("Clear", []) => Become([]),
            ("Reverse", []) => Become(Enumerable.Reverse(items)),
            ("GetRange" or "Slice", [Constant { Value: int start }, Constant { Value: int count }]) when IsPart(start, count, items.Count) => NewList(items.Skip(start).Take(count)),
            ("ToArray" or "AsReadOnly" or "Clone", []) => NewList(items),
            ("Contains" or "IndexOf", [var item]) when Position(items, item, call) is var position => method == "IndexOf" ? new Constant(position) : new Constant(position >= 0),
            ("Exists", [Function f]) => new Constant(items.Any(x => Holds(f, x, 0, call))),
            ("TrueForAll", [Function f]) => new Constant(items.All(x => Holds(f, x, 0, call))),
            ("ConvertAll", [Function f]) => NewList(items.Select(x => Apply(f, [x], call)).ToArray()),
            ("ForEach", [Function action]) => items.Select(x => Apply(action, [x], call)).ToArray() is var _ ? Outside.Nothing : null,
            ("AsSpan" or "AsMemory", _) => SpanOf([list, .. arguments], call),
            _ => null,
        };
    }

    private static bool IsPart(int start, int count, int length) => start >= 0 && count >= 0 && start + count <= length;

    private int Position(IReadOnlyList<Datum> items, Datum item, IOperation site)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (Flatten(AreEqual(items[i], item, site)) is var equal && (equal is Constant { Value: bool same } ? same : throw Undecided(equal, site)))
            {
                return i;
            }
        }

        return -1;
    }

    private Datum? CallArray(IMethodSymbol method, IReadOnlyList<Datum> arguments, IInvocationOperation call)
    {
        switch (method.Name, arguments)
        {
            case ("Empty", []):
                return NewList([]);
            case ("Fill", [ListOf list, var value]):
                SetContents(list, Contents(list, call).Select(_ => value), call);
                return Outside.Nothing;
            case ("Reverse", [ListOf list]):
                SetContents(list, Contents(list, call).Reverse(), call);
                return Outside.Nothing;
            case ("IndexOf", [ListOf list, var item]):
                return new Constant(Position(Contents(list, call), item, call));
            case ("ConvertAll", [ListOf list, Function f]):
                return CallList(list, "ConvertAll", [f], call);
            default:
                return null;
        }
    }

    /// <summary>A span of a list or array, or of a part: it shows what the array holds when it is read.</summary>
    private Datum? SpanOf(IReadOnlyList<Datum> arguments, IOperation site) => arguments switch
    {
        [ListOf or Sequence] => arguments[0],
        [ListOf or Sequence, RangeOf range] => Slice(arguments[0], range, site),
        [ListOf or Sequence, Constant { Value: int } start] => Slice(arguments[0], new(start, new FromEnd(0)), site),
        [ListOf or Sequence, Constant { Value: int start } first, Constant { Value: int count }] => Slice(arguments[0], new(first, new Constant(start + count)), site),
        _ => null,
    };

    private Sequence Slice(Datum value, RangeOf range, IOperation site) => new(give => Give(Part(Items(value, site), range, site), give));

    /// <summary>The items of a range, whose ends must be known and lie inside.</summary>
    private IEnumerable<T> Part<T>(IReadOnlyList<T> items, RangeOf range, IOperation site)
    {
        var (start, end) = (Bound(range.Start), Bound(range.End));
        return start <= end ? items.Skip(start).Take(end - start) : throw Unsupported(site, "the range is out of bounds");

        int Bound(Datum bound) => At(bound, items.Count + 1, site, items.Count);
    }

    /// <summary>Text put together from constants whose text is the same everywhere.</summary>
    private Constant? CallString(string method, IReadOnlyList<Datum> arguments, IOperation site)
    {
        var parts = arguments.SelectMany(a => a is ListOf or Sequence ? Items(a, site) : [a]).ToArray();
        return !parts.All(static p => p is Constant { Value: var value } && Scalars.HasText(value)) ? null : (method, parts.Select(static p => Scalars.Text(((Constant)p).Value)).ToArray()) switch
        {
            ("Join", [var separator, ..] texts) => new(string.Join(separator, texts.Skip(1))),
            ("Concat", var texts) => new(string.Concat(texts)),
            ("IsNullOrEmpty", [var text]) => new(text.Length == 0),
            ("IsNullOrWhiteSpace", [var text]) => new(string.IsNullOrWhiteSpace(text)),
            _ => null,
        };
    }

    private Datum? CallSpan(Datum span, string method, IReadOnlyList<Datum> arguments, IOperation site) => (method, span) switch
    {
        ("Slice", ListOf or Sequence) => SpanOf([span, .. arguments], site),
        ("ToArray", ListOf or Sequence) => NewList(Items(span, site)),
        _ => (method, span, arguments) switch
        {
            ("ToLowerInvariant", Constant { Value: string text }, []) => new Constant(text.ToLowerInvariant()),
            ("ToUpperInvariant", Constant { Value: string text }, []) => new Constant(text.ToUpperInvariant()),
            ("Trim", Constant { Value: string text }, []) => new Constant(text.Trim()),
            ("Contains", Constant { Value: string text }, [Constant { Value: string part }]) => new Constant(text.Contains(part)),
            ("Split", Constant { Value: string text }, [Constant { Value: char separator }, ..]) when arguments.Skip(1).All(static a => a is Constant { Value: 0 }) =>
                NewList(text.Split(separator).Select(static s => new Constant(s))),
            _ => null,
        },
    };
}
