using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace QatGen.Generators.Capture;

/// <summary>Fields, properties and elements.</summary>
internal sealed partial class Evaluator
{
    /// <summary>A backing field and its property are one slot.</summary>
    private static ISymbol SlotOf(IFieldSymbol field) => field.AssociatedSymbol is IPropertySymbol property ? property : field;

    private static bool IsAuto(IPropertySymbol property) =>
        property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(f => SymbolEqualityComparer.Default.Equals(f.AssociatedSymbol, property));

    /// <summary>Whether code runs when an accessor is called, also where it uses the property's own field.</summary>
    private bool HasBody(IMethodSymbol? accessor) =>
        accessor is not null && context.Declaration(Implementation(accessor))
            is AccessorDeclarationSyntax { Body: not null } or AccessorDeclarationSyntax { ExpressionBody: not null } or ArrowExpressionClauseSyntax;

    private Datum Field(IFieldReferenceOperation reference, Frame frame)
    {
        var field = reference.Field;
        if (field.IsStatic)
        {
            return TorchNames.IsTorch(field) ? NewConstant(field, field.Type) : Static(_types.Member(field, context.Compilation), field.IsReadOnly, reference);
        }

        return Map(NotNull(Evaluate(reference.Instance!, frame), reference), reference, v => Member(v, field, reference, frame));
    }

    private Datum Property(IPropertyReferenceOperation reference, Frame frame)
    {
        var property = reference.Property;
        if (!property.IsStatic)
        {
            return Map(NotNull(Evaluate(reference.Instance!, frame), reference), reference, v => v is TensorRef tensor && property.IsIndexer ? IndexTensor(tensor, reference, frame)
                : v is Outside && property.IsIndexer && TorchNames.IsTensor(property.ContainingType) && reference.Arguments.Length > 1 ? NewOutside(property.Name, property.Type)
                : property.IsIndexer
                ? property.GetMethod is { } own && context.Declaration(own) is not null
                    ? Invoke(v is Instance i ? MostDerived(i.Type, own) : own, v, Bind(own, reference.Arguments, frame), reference.Syntax.GetLocation())
                : reference.Arguments.Length == 1 ? Element(v, Evaluate(reference.Arguments[0].Value, frame), reference) : throw Unsupported(reference, "several indices are not supported")
                : property is { ContainingType.TypeKind: Extension, GetMethod: { } extension } ? Invoke(_types.Substitute(extension, context.Compilation), v, [], reference.Syntax.GetLocation())
                : Member(v, property, reference, frame));
        }

        property = reference.ConstrainedToType is { } constrained && TypeOf(constrained) is INamedTypeSymbol type ? MostDerived(type, property) : _types.Member(property, context.Compilation);
        return TorchNames.IsTorch(property) ? NewConstant(property, property.Type)
            : IsAuto(property) && !HasBody(property.GetMethod) ? Static(property, property.SetMethod is null, reference)
            : property.GetMethod is { } getter && context.Declaration(getter) is not null ? Invoke(getter, null, [], reference.Syntax.GetLocation())
            : new Scalar(SourceText.Of(reference), Level.Hyper, context.NextId());
    }

    /// <summary>A static field or automatic property: its initializer if it cannot be assigned later.</summary>
    private Datum Static(ISymbol symbol, bool isReadOnly, IOperation site)
    {
        if (Find(Slot.Static, symbol) is { } known)
        {
            return known;
        }

        var declaration = context.Declaration(symbol.OriginalDefinition);
        var initializer = declaration switch
        {
            VariableDeclaratorSyntax variable => variable.Initializer,
            PropertyDeclarationSyntax property => property.Initializer,
            _ => null,
        };
        if (isReadOnly && initializer is not null && context.Operation(initializer) is ISymbolInitializerOperation { Value: var value })
        {
            var (first, types) = (context.NextId(), _types);
            (_types, _inStatic) = (TypeArguments.None.With(symbol.ContainingType), true);
            var result = Evaluate(value, new(first, null, null, new(_guards.Count, _types)));
            (_types, _inStatic) = (types, false);
            _static.Add((first, context.NextId()));
            Set(Slot.Static, symbol, result, site.Syntax.GetLocation());
            return result;
        }

        return new Scalar(SourceText.Of(site), Level.Hyper);
    }

    /// <summary>The member of a value.</summary>
    private Datum Member(Datum value, ISymbol member, IOperation site, Frame frame) => value switch
    {
        TupleOf tuple when Position(member) is { } position && position < tuple.Items.Count => tuple.Items[position],
        Instance instance when member is IFieldSymbol field && !TorchNames.IsTorch(member) => Find(instance.Id, SlotOf(field)) ?? throw Unsupported(site, "it has no value here"),
        Instance instance when member is IPropertySymbol property && !TorchNames.IsTorch(member) => OwnProperty(instance, property, site),
        Instance or Layer when member.Name == TorchNames.Training => new Scalar(TorchNames.Training, Level.Mode),
        Layer { Type.Name: TorchNames.ModuleDict } dictionary when member.Name is "Keys" or "Values" =>
            NewList(Children(dictionary, site).Select(c => member.Name == "Keys" ? new Constant(c.Name) : c.Module)),
        Instance { Type: var type } when member.Name == "Count" && TorchNames.IsTorch(member) && IsSequential(type) => Length(Items(value, site).Count, member),
        ListOf or MapOf or Layer or Sequence when member.Name is "Count" or "Length" or "LongLength" => Length(Items(value, site).Count, member),
        ListOf or Sequence when member.Name == "IsEmpty" => new Constant(Items(value, site).Count == 0),
        MapOf map when member.Name is "Keys" => new Sequence(give => Give(Keys(map, site), give)),
        MapOf map when member.Name is "Values" => new Sequence(give => Give(Keys(map, site).Select(k => Find(map.Id, k)!), give)),
        TupleOf { Items.Count: 2 } pair when member.Name is "Key" or "Value" => pair.Items[member.Name == "Key" ? 0 : 1],
        Layer { Block: null } layer when ArgumentOf(layer, member) is { } argument => argument.Value,
        Layer layer when Records && member is IPropertySymbol property && TorchNames.IsTensor(property.Type) && _paths.Find(layer.Id) is { } path =>
            ReadState(Below(path, member.Name), TorchNames.IsParameter(property.Type), null, site),
        Instance or Layer when TorchNames.IsTorch(member) => NewOutside(member.Name, (member as IPropertySymbol)?.Type),
        TensorRef tensor => TensorMember(tensor, member, site, frame),
        SizesOf sizes when member.Name is "Length" or "LongLength" => new Scalar($"{sizes.Spelled}.{member.Name}", Level.Shape),
        Constant { Value: string text } when member.Name is "Length" => new Constant(text.Length),
        Constant { Value: not null } constant when member.Name is "Value" => constant,
        Constant { Value: var nullable } when member.Name is "HasValue" => new Constant(nullable is not null),
        Scalar scalar => Scalars.Of($"{scalar.Expression}.{member.Name}", scalar),
        Outside outside => NewOutside($"{outside.What}.{member.Name}", (member as IPropertySymbol)?.Type),
        Constant { Value: null } => throw IsNull(site),
        _ => throw Unsupported(site, $"the member {member.Name} of {value.Spelled} is not supported"),
    };

    /// <summary>The argument that a layer keeps in a property of the same name and type.</summary>
    private static Argument? ArgumentOf(Layer layer, ISymbol member) =>
        member is IPropertySymbol property ? layer.Arguments.FirstOrDefault(a => a.Name == member.Name && SymbolEqualityComparer.Default.Equals(a.Type, property.Type)) : null;

    private static Datum Length(int count, ISymbol member) => member.Name == "LongLength" ? new Constant((long)count) : new Constant(count);

    private static int? Position(ISymbol member) =>
        (member is IFieldSymbol { CorrespondingTupleField: { } element } ? element.Name : member.Name) is var name && name.StartsWith("Item", StringComparison.Ordinal)
        && int.TryParse(name.Substring(4), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number - 1
            : null;

    private Datum OwnProperty(Instance instance, IPropertySymbol property, IOperation site)
    {
        var actual = MostDerived(instance.Type, property);
        return Find(instance.Id, actual) is { } stored && !HasBody(actual.GetMethod) ? stored
            : actual.GetMethod is { } getter && context.Declaration(getter) is not null ? Invoke(getter, instance, [], site.Syntax.GetLocation())
            : throw Unsupported(site, $"the property {property.Name} has no source in this project");
    }

    private static IPropertySymbol MostDerived(INamedTypeSymbol type, IPropertySymbol property) =>
        TorchNames.Bases(type).SelectMany(t => t.GetMembers(property.Name).OfType<IPropertySymbol>()).FirstOrDefault(p => Overrides(p, property))
        ?? type.FindImplementationForInterfaceMember(property) as IPropertySymbol ?? property;

    private static bool Overrides(IPropertySymbol? property, IPropertySymbol overridden)
    {
        for (; property is not null; property = property.OverriddenProperty)
        {
            if (SymbolEqualityComparer.Default.Equals(property.OriginalDefinition, overridden.OriginalDefinition))
            {
                return true;
            }
        }

        return false;
    }

    private Datum Element(Datum value, Datum index, IOperation site) => Map(value, index, site, (v, i) => v switch
    {
        ListOf when i is RangeOf range && TypeOf(site.Type)?.Name is "Span" or "ReadOnlySpan" => Slice(v, range, site),
        Sequence when i is RangeOf range => Slice(v, range, site),
        ListOf when i is RangeOf range => NewList(Part(Items(v, site), range, site)),
        Constant { Value: string text } when i is RangeOf range => new Constant(string.Concat(Part(text.ToCharArray(), range, site))),
        MapOf map => Lookup(map, i, site) ?? throw Unsupported(site, $"the key {i.Spelled} is not in it"),
        Layer { Type.Name: TorchNames.ModuleDict } when i is Constant { Value: string name } => Children(v, site).Where(c => c.Name == name).Select(static c => c.Module).FirstOrDefault()
            ?? throw Unsupported(site, $"the key {i.Spelled} is not in it"),
        Layer { Type.Name: TorchNames.Sequential } sequential when i is RangeOf range =>
            NewLayer(sequential.Type, [.. Part(Children(v, site), range, site).Select(static c => (Datum)new TupleOf(new(new Constant(c.Name), c.Module)))], site),
        Instance { Type: var type } when IsSequential(type) && Items(v, site) is var steps => steps[At(i, steps.Count, site)],
        ListOf or Layer or Sequence when Items(v, site) is var items => items[At(i, items.Count, site)],
        SizesOf sizes when i is Constant { Value: int or long } axis => Size(sizes.Tensor, System.Convert.ToInt64(axis.Value, CultureInfo.InvariantCulture)),
        Constant { Value: string text } => new Constant(text[At(i, text.Length, site)]),
        SizesOf sizes when i is FromEnd end && _recorder.Sizes(sizes.Tensor) is { } known && end.Count > 0 && end.Count <= known.Count => Size(sizes.Tensor, known.Count - end.Count),
        SizesOf sizes when i is RangeOf range && _recorder.Sizes(sizes.Tensor) is { } known => NewList(Part(Enumerable.Range(0, known.Count).ToArray(), range, site).Select(axis => Size(sizes.Tensor, axis)).ToArray()),
        SizesOf sizes when i is RangeOf or FromEnd => new Scalar($"{sizes.Spelled}[{i.Spelled}]", Level.Shape),
        ManyOf many => ItemOf(many, i, site),
        Scalar scalar => Scalars.Of($"{scalar.Expression}[{i.Spelled}]", scalar, i),
        Outside outside => outside,
        _ => throw Unsupported(site, $"{v.Spelled} cannot be indexed at compile time"),
    });

    /// <summary>A static member of TorchSharp, such as a scalar type or an index.</summary>
    private Outside NewConstant(ISymbol member, ITypeSymbol type) => TorchNames.IsTensor(type) ? NewOutside(member.Name, type) : new Printed(TorchNames.FullName(member), null);

    /// <summary>An index into a number of items; <paramref name="length"/> is what an index from the end counts from.</summary>
    private int At(Datum index, int count, IOperation site, int? length = null)
    {
        var position = index switch
        {
            Constant { Value: int i } => i,
            Constant { Value: long l } => l,
            FromEnd end => (length ?? count) - end.Count,
            _ => throw Undecided(index, site),
        };
        return position >= 0 && position < count ? (int)position : throw Unsupported(site, "the index is out of range");
    }

    private Datum Size(int tensor, long axis) =>
        axis < 0 && _recorder.Sizes(tensor) is { } known && axis + known.Count >= 0 ? Size(tensor, axis + known.Count)
        : axis >= 0 ? new Dimension(tensor, (int)axis) { Known = _recorder.Sizes(tensor) is { } sizes && axis < sizes.Count && sizes[(int)axis] >= 0 ? sizes[(int)axis] : null }
        : new Scalar($"%{tensor}.shape[^{-axis}]", Level.Shape);
}
