using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using QatGen.Graphs;
using OutputKind = QatGen.Graphs.OutputKind;

namespace QatGen.Generators.Capture;

/// <summary>What fields say of the modules in them, and what <see cref="KeepAsIsAttribute"/> keeps: a module or method stays one call, whose operator has the name of the attribute before its own.</summary>
internal sealed partial class Evaluator
{
    /// <summary>The modules that a field with the attribute holds.</summary>
    private readonly HashSet<int> _kept = [];

    /// <summary>Whether the attribute keeps a class, field or method: not a class that is captured itself, nor code that no name calls or that no tensor passes through.</summary>
    public static bool IsKept(ISymbol symbol) => HasAttribute<KeepAsIsAttribute>(symbol) && symbol switch
    {
        INamedTypeSymbol type => TorchNames.IsModule(type) && !HasAttribute<QatModelAttribute>(type) && !HasAttribute<QatBlockAttribute>(type),
        IFieldSymbol field => !field.IsStatic && MayHoldModule(field.Type),
        IMethodSymbol method => method.MethodKind is MethodKind.Ordinary or MethodKind.ReducedExtension && !(method is { Name: TorchNames.Forward, IsOverride: true } && TorchNames.IsModule(method.ContainingType))
            && (MayHoldTensor(method.ReturnType) || method.Parameters.Any(static p => MayHoldTensor(p.Type))),
        _ => false,
    };

    private static bool HasAttribute<T>(ISymbol symbol) => symbol.GetAttributes().Any(static a => ModelDeclaration.Is(a, typeof(T)));

    public static bool MayHoldModule(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => MayHoldModule(array.ElementType),
        INamedTypeSymbol { IsTupleType: true } tuple => tuple.TupleElements.Any(static e => MayHoldModule(e.Type)),
        _ => TorchNames.IsModule(type) || type is ITypeParameterSymbol or { TypeKind: TypeKind.Interface } or { SpecialType: SpecialType.System_Object } || (type is INamedTypeSymbol named && named.TypeArguments.Any(MayHoldModule)),
    };

    /// <summary>What [HighPrecisionOutput] asks of the results of modules.</summary>
    private readonly Dictionary<int, OutputKind> _asked = [];

    /// <summary>Notes the modules in an object's fields that are kept, or whose results are asked to be of some kind; the object has just been made.</summary>
    private void Keep(Instance owner)
    {
        Say(owner.Id, owner.Type);
        foreach (var field in InstanceFields(owner.Type))
        {
            foreach (var module in !HasAttribute<QuantizeAttribute>(field) ? [] : ModulesIn(Find(owner.Id, SlotOf(field))))
            {
                Say(module, field);
            }

            var (isKept, asked) = (IsKept(field), ModelDeclaration.Asked(field));
            foreach (var module in isKept || asked != OutputKind.SameAsInput ? ModulesIn(Find(owner.Id, SlotOf(field))) : [])
            {
                if (isKept)
                {
                    _kept.Add(module);
                }

                if (asked != OutputKind.SameAsInput)
                {
                    _asked[module] = asked;
                }
            }
        }
    }

    private IEnumerable<int> ModulesIn(Datum? value) => value is null ? [] : Parts(value).Select(ModulePaths.ModuleId).OfType<int>();

    private Datum Ask(Datum module, Datum result)
    {
        if (ModulePaths.ModuleId(module) is { } id && _asked.TryGetValue(id, out var asked))
        {
            foreach (var tensor in Parts(result).OfType<TensorRef>())
            {
                _recorder.Ask(tensor, asked);
            }
        }

        return result;
    }

    private bool IsKept(Datum module) => ModulePaths.ModuleId(module) is { } id && (_kept.Contains(id) || (module switch { Instance instance => IsKept(instance.Type), Layer layer => IsKept(layer.Type), _ => false }));

    private Datum CallKept(Datum module, INamedTypeSymbol type, IReadOnlyList<Datum> inputs, IOperation site, Location location)
    {
        CheckAccess(type, site);
        var id = ModulePaths.ModuleId(module)!.Value;
        var path = NextCall(PathOf(id, type, site));
        var form = new Form(FormKind.Module, FullName(type));
        return RecordOpaque(new(form, OperatorName(type), path, site, location), null, CallArguments(type, inputs, site), ResultType(type));
    }

    /// <summary>A method of the user that is kept: the printed code calls it, so it must be able to.</summary>
    private Datum CallKept(IMethodSymbol method, Datum? receiver, IInvocationOperation call, Frame frame)
    {
        if (method.DeclaredAccessibility is Accessibility.Private or Accessibility.Protected || method.Parameters.Any(static p => p.RefKind is RefKind.Ref or RefKind.Out))
        {
            throw Unsupported(call, "a method with [KeepAsIs] is called from generated code, so it must be internal or public and without ref or out parameters");
        }

        CheckAccess(method, call);
        var arguments = BindNamed(call.Arguments, frame);
        if (receiver is null)
        {
            var path = _recorder.FunctionPath(_path, method.Name);
            return RecordOpaque(Call($"{FullName(method.ContainingType)}.{method.Name}", path), null, arguments, method.ReturnType);
        }

        var module = PathOf(ModulePaths.ModuleId(receiver) ?? throw Unsupported(call, "it is no method of a module"), method.ContainingType, call);
        var self = new Value.Module(module, FullName(method.ContainingType));
        return RecordOpaque(Call(method.Name, _recorder.FunctionPath(module, method.Name)), null, arguments, method.ReturnType, self: self);

        Written Call(string name, string path) => new(new(FormKind.Own, name), OperatorName(method), path, call, call.Syntax.GetLocation());
    }

    /// <summary>Whether the code of other projects can write the calls of this run.</summary>
    public bool IsPortable { get; private set; } = true;

    private void CheckAccess(ISymbol kept, IOperation site)
    {
        IsPortable &= Containers(kept).All(static s => s.DeclaredAccessibility == Accessibility.Public);
        if (IsBlock && !IsPortable)
        {
            throw Unsupported(site, "what [KeepAsIs] keeps in a [QatBlock] is called from other projects, so it must be public");
        }
    }

    private static IEnumerable<ISymbol> Containers(ISymbol? symbol)
    {
        for (; symbol is not null and not INamespaceSymbol; symbol = symbol.ContainingType)
        {
            yield return symbol;
        }
    }

    private static string OperatorName(ISymbol symbol) => $"[KeepAsIs] {symbol.Name}";

    private static string FullName(INamedTypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    private string PathOf(int module, INamedTypeSymbol type, IOperation site) =>
        _paths.Find(module) ?? throw Unsupported(site, $"the {type.Name} is not registered; keep it in a field or a registered container and call RegisterComponents() last in the constructor");
}
