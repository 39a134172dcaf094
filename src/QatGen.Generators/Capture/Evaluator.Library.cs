using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace QatGen.Generators.Capture;

/// <summary>The library methods that models use to set themselves up: lists, LINQ, Math.</summary>
internal sealed partial class Evaluator
{
    private Datum NewLibrary(INamedTypeSymbol type, IObjectCreationOperation creation, Frame frame)
    {
        var arguments = creation.Arguments.Select(a => Evaluate(a.Value, frame)).ToArray();
        return type switch
        {
            { Name: "List", ContainingNamespace: { Name: "Generic" } } => NewList(arguments is [ListOf or Sequence] ? Enumerate(arguments[0], creation) : []),
            { IsTupleType: true } => new TupleOf(arguments.ToSeq()),
            _ when arguments.Any(Touches) => throw Fail(CaptureRules.ExternalCall, creation, type.Name),
            _ => new Outside(type.Name),
        };
    }

    private Datum CallLibrary(Datum? receiver, IInvocationOperation call, Frame frame)
    {
        var method = call.TargetMethod;
        if (call.Arguments.Any(static a => a.Parameter!.RefKind is RefKind.Ref or RefKind.Out))
        {
            throw Unsupported(call, "a library method with ref or out parameters is not supported");
        }

        var arguments = Bind(method, call.Arguments, frame);
        var result = (receiver, method.ContainingType.Name) switch
        {
            (ListOf list, _) => CallList(list, method.Name, arguments, call),
            (null, "Enumerable") => CallLinq(method.Name, arguments, call),
            (null, "Math" or "MathF") => CallMath(method, arguments, call),
            (null, "Array") when method.Name == "Empty" => NewList([]),
            _ => null,
        };
        return result ?? CallExternal(receiver, call, arguments);
    }

    /// <summary>Code without source: it may not take what it could compute with, and what it returns is not known.</summary>
    private Datum CallExternal(Datum? receiver, IInvocationOperation call, IReadOnlyList<Datum> arguments)
    {
        if (arguments.Prepend(receiver ?? Outside.Nothing).Any(Touches))
        {
            throw Fail(CaptureRules.ExternalCall, call, call.TargetMethod.ContainingType.Name + "." + call.TargetMethod.Name);
        }

        if (arguments.Prepend(receiver ?? Outside.Nothing).Any(static v => v is ListOf))
        {
            throw Unsupported(call, "it has no source in this project and may change the list");
        }

        return call.TargetMethod.ReturnsVoid ? Outside.Nothing
            : call.Type is { IsReferenceType: true, SpecialType: not SpecialType.System_String } ? new Outside(SourceText.Of(call))
            : new Scalar(SourceText.Of(call), Level.Hyper, context.NextId());
    }

    /// <summary>Whether a value is or holds a tensor, a module or own code.</summary>
    private bool Touches(Datum value) => Parts(value).Any(static p => p is TensorRef or ManyOf or Layer or Instance or Function or Sequence);

    private bool HoldsTensor(Datum value) => Parts(value).Any(p => p is TensorRef or ManyOf || (Records && p is Held));

    /// <summary>A value and all that its tuples, lists and sides hold.</summary>
    private IEnumerable<Datum> Parts(Datum value)
    {
        var (left, seen) = (new Stack<Datum>([value]), new HashSet<int>());
        while (left.Count > 0)
        {
            var part = left.Pop();
            yield return part;
            var inner = part switch
            {
                TupleOf tuple => tuple.Items,
                ListOf list when seen.Add(list.Id) => new(Find(list.Id, Slot.Contents)!),
                Choice choice => new(choice.WhenTrue, choice.WhenFalse),
                _ => Seq<Datum>.Empty,
            };
            foreach (var item in inner)
            {
                left.Push(item);
            }
        }
    }

    private Seq<Datum> Contents(ListOf list, IOperation site) => Resolve(Find(list.Id, Slot.Contents)!) is var contents && contents is TupleOf tuple ? tuple.Items : throw Undecided(contents, site);

    private void SetContents(ListOf list, IEnumerable<Datum> items, IOperation site)
    {
        var contents = items.ToSeq();
        Set(list.Id, Slot.Contents, contents.Count <= LongestList ? new TupleOf(contents) : throw Fail(CaptureRules.Budget, site, SourceText.Of(site)), site.Syntax.GetLocation());
    }

    private IReadOnlyList<Datum> Items(Datum value, IOperation site) => value switch
    {
        ListOf list => Contents(list, site),
        Sequence sequence => sequence.Items(),
        Layer layer => Children(layer, site).Select(static c => c.Module).ToArray(),
        _ => throw Undecided(value, site),
    };

    private IReadOnlyList<Datum> Enumerate(Datum value, IOperation site) => Items(Resolve(value), site);

    private Datum? CallList(ListOf list, string method, IReadOnlyList<Datum> arguments, IOperation call)
    {
        var items = Contents(list, call);
        switch (method, arguments)
        {
            case ("Add", [var item]):
                SetContents(list, items.Append(item), call);
                return Outside.Nothing;
            case ("AddRange", [var more]):
                SetContents(list, items.Concat(Enumerate(more, call)), call);
                return Outside.Nothing;
            case ("Insert", [Constant { Value: int index }, var item]) when index >= 0 && index <= items.Count:
                SetContents(list, [.. items.Take(index), item, .. items.Skip(index)], call);
                return Outside.Nothing;
            case ("RemoveAt", [var index]):
                var removed = At(index, items.Count, call);
                SetContents(list, items.Where((_, i) => i != removed), call);
                return Outside.Nothing;
            case ("Clear", []):
                SetContents(list, [], call);
                return Outside.Nothing;
            case ("Reverse", []):
                SetContents(list, Enumerable.Reverse(items), call);
                return Outside.Nothing;
            case ("ToArray" or "AsReadOnly", []):
                return NewList(items);
            case ("ForEach", [Function action]):
                foreach (var item in items)
                {
                    Apply(action, [item], call);
                }

                return Outside.Nothing;
            default:
                return null;
        }
    }

    private Datum? CallLinq(string method, IReadOnlyList<Datum> a, IOperation call)
    {
        IReadOnlyList<Datum> Source() => Enumerate(a[0], call);
        Datum Item(Function f, Datum item, int index) => Apply(f, f.Method.Parameters.Length == 2 ? [item, new Constant(index)] : [item], call);
        bool Holds(Function function, Datum item, int index) => Item(function, item, index) is var flag && flag is Constant { Value: bool holds } ? holds : throw Undecided(flag, call);
        return (method, a) switch
        {
            ("Range", [Constant { Value: int start }, Constant { Value: int count }]) => new Sequence(() => [.. Enumerable.Range(start, Size(count, call)).Select(static i => new Constant(i))]),
            ("Repeat", [var item, Constant { Value: int count }]) => new Sequence(() => [.. Enumerable.Repeat(item, Size(count, call))]),
            ("Select", [_, Function f]) => new Sequence(() => [.. Source().Select((x, i) => Item(f, x, i))]),
            ("SelectMany", [_, Function f]) => new Sequence(() => [.. Source().SelectMany((x, i) => Enumerate(Item(f, x, i), call))]),
            ("Where", [_, Function f]) => new Sequence(() => [.. Source().Where((x, i) => Holds(f, x, i))]),
            ("Take", [_, Constant { Value: int count }]) => new Sequence(() => [.. Source().Take(count)]),
            ("Skip", [_, Constant { Value: int count }]) => new Sequence(() => [.. Source().Skip(count)]),
            ("Concat", [_, var other]) => new Sequence(() => [.. Source(), .. Enumerate(other, call)]),
            ("Append", [_, var item]) => new Sequence(() => [.. Source(), item]),
            ("Prepend", [_, var item]) => new Sequence(() => [item, .. Source()]),
            ("Reverse", [_]) => new Sequence(() => [.. Source().Reverse()]),
            ("Zip", [_, var other]) => new Sequence(() => [.. Source().Zip(Enumerate(other, call), static (x, y) => new TupleOf(new(x, y)))]),
            ("Cast" or "AsEnumerable", [_]) => a[0],
            ("ToArray" or "ToList", [_]) => NewList(Source()),
            ("Count", [_]) => new Constant(Source().Count),
            ("Any", [_]) => new Constant(Source().Count > 0),
            ("Any", [_, Function f]) => new Constant(Source().Select((x, i) => Holds(f, x, i)).Any(static h => h)),
            ("All", [_, Function f]) => new Constant(Source().Select((x, i) => Holds(f, x, i)).All(static h => h)),
            ("First", [_]) => At(Source(), 0, call),
            ("Last", [_]) => Source() is var all ? At(all, all.Count - 1, call) : null,
            ("ElementAt", [_, Constant { Value: int index }]) => At(Source(), index, call),
            ("Sum", [_]) => Source().Aggregate((Datum)new Constant(Scalars.Cast(0, call.Type)), (x, y) => Operate(BinaryOperatorKind.Add, x, y, call, true)),
            ("Max" or "Min", [_]) when Source() is { Count: > 0 } items => items.Skip(1).Aggregate(items[0], (x, y) => CallExtreme(method, x, y) ?? throw Undecided(x is Constant ? y : x, call)),
            ("Aggregate", [_, var seed, Function f]) => Source().Aggregate(seed, (x, y) => Apply(f, [x, y], call)),
            _ => null,
        };
    }

    private Datum At(IReadOnlyList<Datum> items, int index, IOperation call) => items[At(new Constant(index), items.Count, call)];

    private Datum? CallMath(IMethodSymbol method, Datum[] arguments, IOperation call)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = Flatten(arguments[i]);
        }

        if (!arguments.All(static a => a is Constant { Value: not null } or Scalar or Dimension))
        {
            return null;
        }

        if (!arguments.All(static a => a is Constant))
        {
            return Scalars.Of($"System.{method.ContainingType.Name}.{method.Name}({string.Join(", ", arguments.Select(static a => a.Spelled))})", arguments);
        }

        if (method.Name is "Max" or "Min")
        {
            return CallExtreme(method.Name, arguments[0], arguments[1]);
        }

        if (method.Name == "Abs" && arguments[0] is Constant { Value: int or long })
        {
            var number = System.Convert.ToInt64(((Constant)arguments[0]).Value, CultureInfo.InvariantCulture);
            return new Constant(Arithmetic(() => Scalars.Cast(Math.Abs(number), method.ReturnType, true), call));
        }

        // Only what is exact, or the same function of the same double on every system that the model is built and run on.
        var x = arguments.Select(static a => System.Convert.ToDouble(((Constant)a).Value, CultureInfo.InvariantCulture)).ToArray();
        double? result = (method.Name, x.Length) switch
        {
            ("Abs", 1) => Math.Abs(x[0]),
            ("Ceiling", 1) => Math.Ceiling(x[0]),
            ("Floor", 1) => Math.Floor(x[0]),
            ("Round", 1) => Math.Round(x[0]),
            ("Truncate", 1) => Math.Truncate(x[0]),
            ("Sqrt", 1) => Math.Sqrt(x[0]),
            ("Pow", 2) when method.ContainingType.Name == "Math" => Math.Pow(x[0], x[1]),
            _ => null,
        };
        return result is { } value ? new Constant(Scalars.Cast(value, method.ReturnType)) : null;
    }

    private static Datum? CallExtreme(string method, Datum left, Datum right) => (left, right) switch
    {
        (Constant { Value: int a }, Constant { Value: int b }) => new Constant(method == "Max" ? Math.Max(a, b) : Math.Min(a, b)),
        (Constant { Value: long a }, Constant { Value: long b }) => new Constant(method == "Max" ? Math.Max(a, b) : Math.Min(a, b)),
        (Constant { Value: double a }, Constant { Value: double b }) => new Constant(method == "Max" ? Math.Max(a, b) : Math.Min(a, b)),
        (Constant { Value: float a }, Constant { Value: float b }) => new Constant(method == "Max" ? Math.Max(a, b) : Math.Min(a, b)),
        _ => null,
    };
}
