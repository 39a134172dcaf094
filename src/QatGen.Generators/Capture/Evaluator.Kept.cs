using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using QatGen.Graphs;

namespace QatGen.Generators.Capture;

/// <summary>What <see cref="KeepAsIsAttribute"/> keeps: a module or method stays one call, whose operator has the name of the attribute before its own.</summary>
internal sealed partial class Evaluator
{
    /// <summary>The modules that a field with the attribute holds.</summary>
    private readonly HashSet<int> _kept = [];

    private static bool IsKept(ISymbol symbol) => symbol.GetAttributes().Any(static a => a.AttributeClass is { } type && TorchNames.FullName(type) == typeof(KeepAsIsAttribute).FullName);

    /// <summary>Notes the modules in an object's fields that are kept; the object has just been made.</summary>
    private void Keep(Instance owner)
    {
        foreach (var module in InstanceFields(owner.Type).Where(IsKept).Select(f => Find(owner.Id, SlotOf(f))).OfType<Datum>().SelectMany(Parts).Select(ModulePaths.ModuleId).OfType<int>())
        {
            _kept.Add(module);
        }
    }

    private bool IsKept(Datum module) => ModulePaths.ModuleId(module) is { } id && (_kept.Contains(id) || (module is Instance instance && IsKept(instance.Type)));

    private Datum CallKept(Datum module, INamedTypeSymbol type, IReadOnlyList<Datum> inputs, IOperation site, Location location)
    {
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

    private static string OperatorName(ISymbol symbol) => $"[KeepAsIs] {symbol.Name}";

    private static string FullName(INamedTypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    private string PathOf(int module, INamedTypeSymbol type, IOperation site) =>
        _paths.Find(module) ?? throw Unsupported(site, $"the {type.Name} is not registered; keep it in a field or a registered container and call RegisterComponents() last in the constructor");
}
