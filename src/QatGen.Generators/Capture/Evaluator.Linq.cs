using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace QatGen.Generators.Capture;

/// <summary>LINQ, item by item where it is lazy: selectors and the loop's body run in the order in which they run in the program.</summary>
internal sealed partial class Evaluator
{
    private Datum? CallLinq(IMethodSymbol method, IReadOnlyList<Datum> a, IInvocationOperation call) => a.FirstOrDefault() is Outside
        ? null
        : Generate(method.Name, a, call) ?? Lazy(method, a, call) ?? Eager(method.Name, a, call);

    private Datum? Generate(string method, IReadOnlyList<Datum> a, IInvocationOperation call)
    {
        int Number(int argument) => a[argument] is Constant { Value: int value } ? value : throw Undecided(a[argument], call.Arguments[argument].Value);
        return method switch
        {
            "Empty" => new Sequence(static _ => { }),
            "Range" => Counted(Number(1), index => new Constant(Number(0) + index)),
            "Repeat" => Counted(Number(1), _ => a[0]),
            _ => null,
        };

        Sequence Counted(int count, Func<int, Datum> item)
        {
            var indices = Enumerable.Range(0, Size(count, call));
            return new(give => Give(indices.Select(item), give));
        }
    }

    /// <summary>Gives items until one is answered with false; whether all were taken.</summary>
    private static bool Give(IEnumerable<Datum> items, Func<Datum, bool> give) => items.All(give);

    /// <summary>Gives the items of a list, container or sequence until one is answered with false; an array that changes meanwhile shows its new elements.</summary>
    private bool Each(Datum value, IOperation site, Func<Datum, bool> give)
    {
        value = Resolve(value);
        if (value is Sequence sequence)
        {
            var all = true;
            sequence.Each(item => all = give(item));
            return all;
        }

        for (var i = 0; Items(value, site) is var items && i < items.Count; i++)
        {
            if (!give(items[i]))
            {
                return false;
            }
        }

        return true;
    }

    private Datum Item(Function function, Datum item, int index, IOperation call) => Apply(function, function.Method.Parameters.Length == 2 ? [item, new Constant(index)] : [item], call);

    private bool Holds(Function function, Datum item, int index, IOperation call) =>
        Flatten(Item(function, item, index, call)) is var flag && flag is Constant { Value: bool holds } ? holds : throw Undecided(flag, call);

    private Sequence? Lazy(IMethodSymbol method, IReadOnlyList<Datum> a, IInvocationOperation call)
    {
        Sequence Of(Func<Func<Datum, bool>, Func<Datum, int, bool>> step) => new(give =>
        {
            var (index, next) = (0, step(give));
            Each(a[0], call, item => next(item, index++));
        });
        return (method.Name, a) switch
        {
            ("Select", [_, Function f]) => Of(give => (x, i) => give(Item(f, x, i, call))),
            ("SelectMany", [_, Function f]) => Of(give => (x, i) => Each(Item(f, x, i, call), call, give)),
            ("SelectMany", [_, Function f, Function result]) => Of(give => (x, i) => Each(Item(f, x, i, call), call, y => give(Apply(result, [x, y], call)))),
            ("Where", [_, Function f]) => Of(give => (x, i) => !Holds(f, x, i, call) || give(x)),
            ("TakeWhile", [_, Function f]) => Of(give => (x, i) => Holds(f, x, i, call) && give(x)),
            ("SkipWhile", [_, Function f]) => Of(give =>
            {
                var skips = true;
                return (x, i) => (skips = skips && Holds(f, x, i, call)) || give(x);
            }),
            ("Take", [_, Constant { Value: int and <= 0 }]) => new(static _ => { }),
            ("Take", [_, Constant { Value: int count }]) => Of(give => (x, i) => give(x) && i + 1 < count),
            ("Skip", [_, Constant { Value: int count }]) => Of(give => (x, i) => i < count || give(x)),
            ("OfType", [_]) when TypeOf(method.TypeArguments[0]) is { } type =>
                Of(give => (x, _) => (Map(x, call, v => new Constant(Is(v, type, call))) is var known && known is Constant { Value: bool isOne } ? !isOne : throw Undecided(known, call)) || give(x)),
            ("Cast" or "AsEnumerable", [_]) => Of(static give => (x, _) => give(x)),
            ("Index", [_]) => Of(static give => (x, i) => give(new TupleOf(new(new Constant(i), x)))),
            ("Concat", [_, var other]) => new(give => _ = Each(a[0], call, give) && Each(other, call, give)),
            ("Append", [_, var item]) => new(give => _ = Each(a[0], call, give) && give(item)),
            ("Prepend", [_, var item]) => new(give => _ = give(item) && Each(a[0], call, give)),
            ("Zip", [_, var other]) => Zip(other, static (x, y) => new TupleOf(new(x, y))),
            ("Zip", [_, var other, Function f]) => Zip(other, (x, y) => Apply(f, [x, y], call)),
            ("Reverse", [_]) => Whole(static all => all.Reverse()),
            ("TakeLast", [_, Constant { Value: int count }]) => Whole(all => all.Skip(all.Count - count)),
            ("SkipLast", [_, Constant { Value: int count }]) => Whole(all => all.Take(all.Count - count)),
            ("Chunk", [_, Constant { Value: int and > 0 and var size }]) => Whole(all => Enumerable.Range(0, (all.Count + size - 1) / size).Select(i => NewList(all.Skip(i * size).Take(size)))),
            ("OrderBy", [_, Function f, ..]) => Whole(all => Sorted(all, f, false, call)),
            ("OrderByDescending", [_, Function f, ..]) => Whole(all => Sorted(all, f, true, call)),
            _ => null,
        };

        Sequence Whole(Func<IReadOnlyList<Datum>, IEnumerable<Datum>> change) => new(give => Give(change(Enumerate(a[0], call)), give));

        Sequence Zip(Datum other, Func<Datum, Datum, Datum> join) => Of(give =>
        {
            var (before, recorded) = (_heap, _recorder.Count);
            var second = Enumerate(other, call);
            return _recorder.Count == recorded && (other is not Sequence || !_heap.Changes(before))
                ? (x, i) => i < second.Count && give(join(x, second[i]))
                : throw Unsupported(call, "the second sequence computes while it is enumerated; make a list of it first");
        });
    }

    private IEnumerable<Datum> Sorted(IReadOnlyList<Datum> items, Function key, bool descends, IInvocationOperation call)
    {
        var isOrdinal = call.Arguments.Length == 3 && call.Arguments[2].Value is IConversionOperation { Operand: IPropertyReferenceOperation { Property: { Name: "Ordinal", ContainingType.Name: "StringComparer" } } };
        var comparer = isOrdinal ? Comparer<object?>.Create(static (a, b) => string.CompareOrdinal((string?)a, (string?)b)) : Comparer<object?>.Default;
        var keys = items.Select(x => Apply(key, [x], call)).Select(k => k switch
        {
            Constant { Value: string or null } text when isOrdinal => text.Value,
            Constant { Value: string } => throw Unsupported(call, "the culture orders texts; give StringComparer.Ordinal"),
            Constant { Value: int or long or double or float } number when call.Arguments.Length == 2 => number.Value,
            _ => throw Undecided(k, call),
        }).ToArray();
        var order = Enumerable.Range(0, items.Count);
        return (descends ? order.OrderByDescending(i => (object?)keys[i], comparer) : order.OrderBy(i => (object?)keys[i], comparer)).Select(i => items[i]).ToArray();
    }

    private Datum? Eager(string method, IReadOnlyList<Datum> a, IInvocationOperation call)
    {
        IReadOnlyList<Datum> Source() => Enumerate(a[0], call);
        bool Exists(Func<Datum, int, bool> holds)
        {
            var index = 0;
            return !Each(a[0], call, x => !holds(x, index++));
        }

        Datum? Found(bool orDefault, Function? f, bool last)
        {
            Datum? found = null;
            Each(a[0], call, x =>
            {
                found = f is null || Holds(f, x, 0, call) ? x : found;
                return last || found is null;
            });
            return found ?? (orDefault ? DefaultOf(TypeOf(call.Type)) : throw Unsupported(call, "no element is found"));
        }

        Datum Sum(IEnumerable<Datum> items) => items.Aggregate((Datum)new Constant(Scalars.Cast(0, call.Type)), (x, y) => Operate(BinaryOperatorKind.Add, x, y, call, true));
        Datum? Extreme(IReadOnlyList<Datum> items) => items.Count == 0 ? throw Unsupported(call, "no element is found")
            : items.Skip(1).Aggregate(items[0], (x, y) => CallExtreme(method, x, y) ?? throw Undecided(x is Constant ? y : x, call));
        return (method, a) switch
        {
            ("ToArray" or "ToList" or "ToImmutableArray" or "ToImmutableList", [_]) => NewList(Source()),
            ("ToHashSet", [_]) => NewMap(Source().Select(static x => (x, x)), call, replaces: true),
            ("ToDictionary", [_]) => NewMap(Source().Select(Pair), call),
            ("ToDictionary", [_, Function key]) => NewMap(Source().Select(x => (Apply(key, [x], call), x)), call),
            ("ToDictionary", [_, Function key, Function value]) => NewMap(Source().Select(x => (Apply(key, [x], call), Apply(value, [x], call))), call),
            ("Count", [_]) => new Constant(Source().Count),
            ("Count", [_, Function f]) => new Constant(Source().Where((x, i) => Holds(f, x, i, call)).Count()),
            ("Any", [_]) => new Constant(Exists(static (_, _) => true)),
            ("Any", [_, Function f]) => new Constant(Exists((x, i) => Holds(f, x, i, call))),
            ("All", [_, Function f]) => new Constant(!Exists((x, i) => !Holds(f, x, i, call))),
            ("Contains", [_, var item]) => Source().Aggregate((Datum)new Constant(false), (found, x) => Operate(BinaryOperatorKind.ConditionalOr, found, AreEqual(x, item, call), call, false)),
            ("SequenceEqual", [_, var other]) when Enumerate(other, call) is var others => Source() is var items && items.Count != others.Count ? new Constant(false)
                : items.Zip(others, (x, y) => AreEqual(x, y, call)).Aggregate((Datum)new Constant(true), (all, same) => Operate(BinaryOperatorKind.ConditionalAnd, all, same, call, false)),
            ("First" or "FirstOrDefault", [_]) => Found(method != "First", null, last: false),
            ("First" or "FirstOrDefault", [_, Function f]) => Found(method != "First", f, last: false),
            ("Last" or "LastOrDefault", [_]) => Found(method != "Last", null, last: true),
            ("Last" or "LastOrDefault", [_, Function f]) => Found(method != "Last", f, last: true),
            ("Single", [_]) when Source() is { Count: 1 } items => items[0],
            ("ElementAt", [_, var index]) when Source() is var items => items[At(index, items.Count, call)],
            ("Sum", [_]) => Sum(Source()),
            ("Sum", [_, Function f]) => Sum(Source().Select(x => Apply(f, [x], call)).ToArray()),
            ("Max" or "Min", [_]) => Extreme(Source()),
            ("Max" or "Min", [_, Function f]) => Extreme(Source().Select(x => Apply(f, [x], call)).ToArray()),
            ("Aggregate", [_, Function f]) when Source() is { Count: > 0 } items => items.Skip(1).Aggregate(items[0], (x, y) => Apply(f, [x, y], call)),
            ("Aggregate", [_, var seed, Function f]) => Folded(seed, f),
            ("Aggregate", [_, var seed, Function f, Function result]) => Apply(result, [Folded(seed, f)], call),
            _ => null,
        };

        Datum Folded(Datum seed, Function f)
        {
            Each(a[0], call, x =>
            {
                seed = Apply(f, [seed, x], call);
                return true;
            });
            return seed;
        }
    }
}
