using System.Globalization;
using Microsoft.CodeAnalysis;
using QatGen.Graphs;

namespace QatGen.Generators.Capture;

/// <summary>Calls that no operator claims: each is one node that holds its arguments as they were written, and one node more for each of several results.</summary>
internal sealed partial class Evaluator
{
    /// <summary>A call as it was written: its form and name, the path of its node, and where it stands.</summary>
    private sealed record Written(Form Form, string Name, string Path, IOperation Site, Location Location);

    /// <summary>
    /// Records a call on a receiver, which is the node's first input, or on a module <paramref name="self"/>, with named arguments; <paramref name="returned"/> is the type of what it returns.
    /// </summary>
    private Datum RecordOpaque(Written call, Datum? receiver, Seq<Argument> arguments, ITypeSymbol? returned, bool isInPlace = false, Value? self = null)
    {
        var reader = new OpaqueArguments(this);
        if (receiver is not null)
        {
            reader.Read(receiver, null, call.Site);
        }

        var attributes = reader.Read(arguments);
        attributes = self is null ? attributes : new(attributes.Append(new("this", self)));
        attributes = isInPlace ? new(attributes.Append(new(TorchNames.InPlace, true))) : attributes;
        var node = new Node(call.Name, call.Path, call.Form, reader.Inputs, attributes);
        if (!MayHoldTensor(returned) && node.Inputs.Count > 0)
        {
            return returned!.SpecialType != SpecialType.System_Void ? TakeData(new(node.Inputs[0]), call.Site)
                : TorchNames.HarmlessOnTensors.Contains(call.Form.Name) ? Outside.Nothing
                : throw Fail(CaptureRules.UnknownOperator, call.Location, call.Name);
        }

        var result = _recorder.Add(node, call.Location, MayShareMemory(call.Form));
        return Result(result.Number, call.Path, returned, CountOf(call.Form.Name, arguments, node), call.Location);
    }

    /// <summary>Whether the result of a call may be its first input's memory; of what the user wrote and keeps, nothing is known.</summary>
    private static bool MayShareMemory(Form form) => form.Kind switch
    {
        FormKind.Own => true,
        FormKind.Module => TorchNames.ViewModules.Contains(form.Name) || form.Name.StartsWith("global::", StringComparison.Ordinal),
        _ => TorchNames.Views.Contains(form.Name),
    };

    /// <summary>What a call returns, part by part, as C# accesses it.</summary>
    private Datum Result(int number, string path, ITypeSymbol? type, int? count, Location location)
    {
        Datum Item(string access, int index, ITypeSymbol? part)
        {
            var name = $"{path}.{index}";
            var item = _recorder.Add(new("item", _recorder.FunctionPath("", name), new(FormKind.Item, access), new(number), new()), location, sharesMemory: true);
            return Result(item.Number, name, part, null, location);
        }

        var items = TupleItems(type);
        return items.Count > 0 ? new TupleOf(items.Select((t, i) => Item($".Item{i + 1}", i, t)).ToSeq())
            : ElementType(type) is not { } element ? new TensorRef(number)
            : count is { } known ? NewList(Enumerable.Range(0, known).Select(i => Item($"[{i}]", i, element)).ToArray())
            : new ManyOf(number, element);
    }

    /// <summary>How many tensors a call gives that returns an array of them, where its arguments say so.</summary>
    private int? CountOf(string method, Seq<Argument> arguments, Node node)
    {
        var first = arguments.FirstOrDefault(static a => !TorchNames.IsTensor(a.Type))?.Value;
        return (method, first is null ? null : Resolve(first)) switch
        {
            ("split" or "split_with_sizes", ListOf sizes) => (Find(sizes.Id, Slot.Contents) as TupleOf)?.Items.Count,
            ("tensor_split", ListOf indices) => (Find(indices.Id, Slot.Contents) as TupleOf)?.Items.Count + 1,
            ("chunk" or "tensor_split", Constant { Value: int or long } number) => Integer(number),
            ("unbind", Constant { Value: int or long } axis) => DeclaredSize(node.Inputs[0], Integer(axis)),
            _ => null,
        };
    }

    private static int Integer(Constant constant) => System.Convert.ToInt32(constant.Value, CultureInfo.InvariantCulture);

    /// <summary>A size, but never the batch, of an input of the model that says its shape.</summary>
    private int? DeclaredSize(int value, int axis) => value < _inputs.Count && axis > 0 && axis < _inputs[value].Shape.Count ? _inputs[value].Shape[axis] : null;

    /// <summary>The types of a tuple's items, of either kind of tuple.</summary>
    private static Seq<ITypeSymbol> TupleItems(ITypeSymbol? type) => Scalars.Unwrap(type) switch
    {
        INamedTypeSymbol { IsTupleType: true } tuple => tuple.TupleElements.Select(static e => e.Type).ToSeq(),
        INamedTypeSymbol { Name: "Tuple", ContainingNamespace.Name: "System" } tuple => tuple.TypeArguments.ToSeq(),
        _ => Seq<ITypeSymbol>.Empty,
    };

    /// <summary>What an array or a generic collection holds.</summary>
    private static ITypeSymbol? ElementType(ITypeSymbol? type) => type switch
    {
        IArrayTypeSymbol array => array.ElementType,
        INamedTypeSymbol { IsTupleType: false, TypeArguments: [var element], OriginalDefinition.SpecialType: not SpecialType.System_Nullable_T } => element,
        _ => null,
    };

    private static bool MayHoldTensor(ITypeSymbol? type) =>
        type is null || TorchNames.IsTensor(type) || TupleItems(type).Any(MayHoldTensor) || (ElementType(type) is { } element && MayHoldTensor(element));
}
