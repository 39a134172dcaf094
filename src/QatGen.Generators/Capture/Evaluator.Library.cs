using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using QatGen.Graphs;

namespace QatGen.Generators.Capture;

/// <summary>The library methods that models use to set themselves up: lists, LINQ, Math.</summary>
internal sealed partial class Evaluator
{
    private Datum NewLibrary(INamedTypeSymbol type, IReadOnlyList<IArgumentOperation> written, IOperation creation, Frame frame)
    {
        var arguments = written.Select(a => Evaluate(a.Value, frame)).ToArray();
        IReadOnlyList<Datum> Given() => arguments is [ListOf or MapOf or Sequence] ? Enumerate(arguments[0], creation)
            : arguments.All(static a => a is Constant { Value: int }) ? []
            : throw Unsupported(creation, "a collection with these arguments is not supported");
        return type switch
        {
            { ContainingNamespace: { Name: "Generic", ContainingNamespace.Name: "Collections" }, Name: var name } => name switch
            {
                "List" or "Queue" => NewList(Given()),
                "Stack" => NewList(Given().Reverse()),
                "Dictionary" => NewMap(Given().Select(Pair), creation),
                "HashSet" => NewMap(Given().Select(static x => (x, x)), creation, replaces: true),
                "KeyValuePair" => new TupleOf(arguments.ToSeq()),
                _ => throw Unsupported(creation, $"{name} is not among the supported collections"),
            },
            { IsTupleType: true } => new TupleOf(arguments.ToSeq()),
            _ when arguments.Any(Touches) => throw Fail(CaptureRules.ExternalCall, creation, type.Name),
            _ => new Outside(type.Name),
        };
    }

    private Datum CallLibrary(Datum? receiver, IInvocationOperation call, Frame frame)
    {
        var method = _types.Substitute(call.TargetMethod, context.Compilation);
        if (receiver is ListOf or MapOf && CallTry(receiver, call, frame) is { } tried)
        {
            return tried;
        }

        if (call.Arguments.Any(static a => a.Parameter!.RefKind is RefKind.Ref or RefKind.Out))
        {
            throw Unsupported(call, "a library method with ref or out parameters is not supported");
        }

        var arguments = Bind(method, call.Arguments, frame);
        var result = (receiver, method.ContainingType.Name) switch
        {
            (Constant { Value: { } value }, _) when method.Name == nameof(Equals) && arguments is [Constant { Value: var other }] => new Constant(value.Equals(other)),
            (Sequence or ListOf or Constant { Value: string }, "Span" or "ReadOnlySpan" or "String") => CallSpan(receiver, method.Name, arguments, call),
            (Sequence keys, "KeyCollection" or "ValueCollection") => Eager(method.Name, [keys, .. arguments], call),
            (ListOf list, _) => CallList(list, method.Name, arguments, call),
            (MapOf map, _) => CallMap(map, method.Name, arguments, call),
            (null, "Enumerable" or "ImmutableArray" or "ImmutableList") => CallLinq(method, arguments, call),
            (null, "MemoryExtensions" or "CollectionsMarshal") when method.Name is "AsSpan" or "AsMemory" => SpanOf(arguments, call),
            (null, "MemoryExtensions") => CallLinq(method, arguments, call),
            (null, "CollectionExtensions") when arguments is [MapOf map, ..] => CallMap(map, method.Name, [.. arguments.Skip(1)], call),
            (null, "String") => CallString(method.Name, arguments, call),
            (null, "KeyValuePair") when method.Name == "Create" => new TupleOf(arguments.ToSeq()),
            (null, "ValueTuple" or "Tuple") when method.Name == "Create" => new TupleOf(arguments.ToSeq()),
            (null, "Math" or "MathF") => CallMath(method.ContainingType.Name, method.Name, method.ReturnType, arguments, call),
            (null, "ArgumentNullException") when arguments.FirstOrDefault() is TensorRef or Layer or Instance => Outside.Nothing,
            (null, "Array") => CallArray(method, arguments, call),
            _ => null,
        };
        return result ?? CallExternal(receiver, call, arguments);
    }

    /// <summary>Code without source: it may not take what it could compute with, and what it returns is not known.</summary>
    private Datum CallExternal(Datum? receiver, IInvocationOperation call, IReadOnlyList<Datum> arguments)
    {
        if (arguments.Prepend(receiver ?? Outside.Nothing).Any(Touches))
        {
            throw TorchNames.FullName(call.TargetMethod.ContainingType) == "QatGen.Torch.Colours" ? ColoursIn(call)
                : Fail(CaptureRules.ExternalCall, call, call.TargetMethod.ContainingType.Name + "." + call.TargetMethod.Name);
        }

        if (arguments.Prepend(receiver ?? Outside.Nothing).Any(static v => v is ListOf or MapOf))
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
                MapOf map when seen.Add(map.Id) => Held(map),
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
        MapOf map => Entries(map, site),
        Sequence => Collect(value, site),
        Layer { Type.Name: TorchNames.ModuleDict } layer => Children(layer, site).Select(static c => (Datum)new TupleOf(new(new Constant(c.Name), c.Module))).ToArray(),
        Instance { Type: var type } instance when IsSequential(type) => Children(instance, site).Select(static c => c.Module).ToArray(),
        Layer { Block: null } layer => Children(layer, site).Select(static c => c.Module).ToArray(),
        _ => throw Undecided(value, site),
    };

    private IReadOnlyList<Datum> Enumerate(Datum value, IOperation site) => Items(Resolve(value), site);

    private Datum? CallMath(string type, string method, ITypeSymbol returned, Datum[] arguments, IOperation call)
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
            return Scalars.Of($"System.{type}.{method}({string.Join(", ", arguments.Select(static a => a.Spelled))})", arguments) with
            {
                Formula = Scalars.FormulasOf(arguments) is { } formulas ? new Formula.Call(type, method, returned.Name, formulas) : null,
            };
        }

        if (method is "Max" or "Min")
        {
            return CallExtreme(method, arguments[0], arguments[1]);
        }

        if (method == "Clamp")
        {
            return CallExtreme("Max", arguments[0], arguments[1]) is { } raised ? CallExtreme("Min", raised, arguments[2]) : null;
        }

        if (method == "Abs" && arguments[0] is Constant { Value: int or long })
        {
            var number = System.Convert.ToInt64(((Constant)arguments[0]).Value, CultureInfo.InvariantCulture);
            return new Constant(Arithmetic(() => Scalars.Cast(Math.Abs(number), returned, true), call));
        }

        // Only what is exact, or the same function of the same double on every system that the model is built and run on.
        var x = arguments.Select(static a => System.Convert.ToDouble(((Constant)a).Value, CultureInfo.InvariantCulture)).ToArray();
        double? result = (method, x.Length) switch
        {
            ("Abs", 1) => Math.Abs(x[0]),
            ("Ceiling", 1) => Math.Ceiling(x[0]),
            ("Floor", 1) => Math.Floor(x[0]),
            ("Round", 1) => Math.Round(x[0]),
            ("Sign", 1) => Math.Sign(x[0]),
            ("Truncate", 1) => Math.Truncate(x[0]),
            ("Sqrt", 1) => Math.Sqrt(x[0]),
            ("Pow", 2) when type == "Math" => Math.Pow(x[0], x[1]),
            _ => null,
        };
        return result is { } value ? new Constant(Scalars.Cast(value, returned)) : null;
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
