using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace QatGen.Generators.Capture;

/// <summary>Dictionaries and sets with keys known at compile time, enumerated in the order added as .NET does where nothing was removed.</summary>
internal sealed partial class Evaluator
{
    private MapOf NewMap(IEnumerable<(Datum Key, Datum Value)> items, IOperation site, bool replaces = false)
    {
        var map = new MapOf(context.NextId(), replaces);
        Put(map.Id, Slot.Contents, new TupleOf(Seq<Datum>.Empty));
        foreach (var (key, value) in items)
        {
            Store(map, key, value, site, replaces);
        }

        return map;
    }

    private static (Datum Key, Datum Value) Pair(Datum item) => item is TupleOf { Items: { Count: 2 } pair } ? (pair[0], pair[1]) : (item, item);

    /// <summary>Adds or replaces an entry; whether the key is new. A set keeps the item that it has.</summary>
    private bool Store(MapOf map, Datum key, Datum value, IOperation site, bool replaces)
    {
        var keys = Keys(map, site);
        if (Lookup(map, key, site) is not null)
        {
            if (!replaces)
            {
                throw Unsupported(site, $"the key {key.Spelled} stands twice");
            }

            if (!map.IsSet)
            {
                Set(map.Id, key, value, site.Syntax.GetLocation());
            }

            return false;
        }

        if (Find(map.Id, Slot.Removed) is not null || keys.Count >= LongestList)
        {
            throw keys.Count >= LongestList ? Fail(CaptureRules.Budget, site, SourceText.Of(site)) : Unsupported(site, "the order of a dictionary is not defined after Remove and Add");
        }

        Set(map.Id, Slot.Contents, new TupleOf(keys.Append(key).ToSeq()), site.Syntax.GetLocation());
        Put(map.Id, key, value);
        return true;
    }

    private Seq<Datum> Keys(MapOf map, IOperation site) => Resolve(Find(map.Id, Slot.Contents)!) is var keys && keys is TupleOf tuple ? tuple.Items : throw Undecided(keys, site);

    /// <summary>The value of a key; null where it is not in the map.</summary>
    private Datum? Lookup(MapOf map, Datum key, IOperation site)
    {
        Keys(map, site);
        if (Parts(key).FirstOrDefault(static p => p is not (Constant or TupleOf or Layer or Instance { Type: { IsRecord: false, IsValueType: false } })) is { } open)
        {
            throw open is Scalar or Choice ? Undecided(open, site) : Unsupported(site, $"{open.Spelled} is no key that can be compared at compile time");
        }

        return Find(map.Id, key) is { } found && found != Outside.Unassigned ? Resolve(found) : null;
    }

    private Datum[] Entries(MapOf map, IOperation site) => [.. Keys(map, site).Select(k => map.IsSet ? k : new TupleOf(new(k, Find(map.Id, k)!)))];

    private Seq<Datum> Held(MapOf map) => Find(map.Id, Slot.Contents) is TupleOf { Items: var keys } ? keys.Concat(keys.Select(k => Find(map.Id, k)!)).ToSeq() : new(Find(map.Id, Slot.Contents)!);

    private Datum? CallMap(MapOf map, string method, IReadOnlyList<Datum> arguments, IOperation call)
    {
        bool Has(Datum key) => Lookup(map, key, call) is not null;
        Datum UnionWith(IReadOnlyList<Datum> items)
        {
            foreach (var item in items)
            {
                Store(map, item, item, call, replaces: true);
            }

            return Outside.Nothing;
        }

        return (method, arguments) switch
        {
            ("Add", [var item]) => new Constant(Store(map, item, item, call, replaces: true)),
            ("Add", [var key, var value]) => Store(map, key, value, call, replaces: false) ? Outside.Nothing : null,
            ("TryAdd", [var key, var value]) => new Constant(!Has(key) && Store(map, key, value, call, replaces: false)),
            ("UnionWith", [var items]) => UnionWith(Enumerate(items, call)),
            ("ContainsKey" or "Contains", [var key]) => new Constant(Has(key)),
            ("GetValueOrDefault", [var key]) => Lookup(map, key, call) ?? DefaultOf(TypeOf(call.Type)),
            ("GetValueOrDefault", [var key, var otherwise]) => Lookup(map, key, call) ?? otherwise,
            ("Remove", [var key]) => new Constant(Has(key) && Remove(map, key, call)),
            _ => null,
        };
    }

    private bool Remove(MapOf map, Datum key, IOperation site)
    {
        Set(map.Id, Slot.Contents, new TupleOf(Keys(map, site).Where(k => !k.Equals(key)).ToSeq()), site.Syntax.GetLocation());
        Put(map.Id, key, Outside.Unassigned);
        Put(map.Id, Slot.Removed, new Constant(true));
        return true;
    }

    /// <summary>TryGetValue, TryPop and their like: whether there is a value, and the value in the out parameter.</summary>
    private Constant? CallTry(Datum collection, IInvocationOperation call, Frame frame)
    {
        if (call.Arguments.LastOrDefault() is not { Parameter.RefKind: RefKind.Out } result)
        {
            return null;
        }

        var found = (call.TargetMethod.Name, collection) switch
        {
            ("TryGetValue", MapOf map) => Lookup(map, Evaluate(call.Arguments[0].Value, frame), call),
            ("TryPop" or "TryDequeue", ListOf list) => Contents(list, call).Count == 0 ? null : CallList(list, "Pop", [], call),
            ("TryPeek", ListOf list) => Contents(list, call).FirstOrDefault(),
            _ => throw Unsupported(call, "this library method with an out parameter is not supported"),
        };
        Assign(result.Value, found ?? DefaultOf(TypeOf(result.Parameter.Type)), frame, call);
        return new(found is not null);
    }
}
