using Microsoft.CodeAnalysis;

namespace QatGen.Generators.Capture;

/// <summary>The few TorchSharp names that capture spells; a test resolves each against the real assembly.</summary>
internal static class TorchNames
{
    public const string Assembly = "TorchSharp";
    public const string Torch = "TorchSharp.torch";
    public const string Neural = "TorchSharp.torch.nn";
    public const string Functional = "TorchSharp.torch.nn.functional";
    public const string Init = "TorchSharp.torch.nn.init";
    public const string Tensor = "TorchSharp.torch.Tensor";
    public const string Module = "TorchSharp.torch.nn.Module";
    public const string DisposeScope = "TorchSharp.DisposeScope";
    public const string ModuleExtensions = "TorchSharp.ModuleExtensionMethods";
    public const string Modules = "TorchSharp.Modules";

    public const string Sequential = "Sequential";
    public const string ModuleList = "ModuleList";
    public const string ModuleDict = "ModuleDict";
    public const string RegisterComponents = "RegisterComponents";
    public const string ComponentName = "TorchSharp.Utils.ComponentNameAttribute";
    public const string Forward = "forward";
    public const string Call = "call";
    public const string Training = "training";
    public const string Shape = "shape";
    public const string Size = "size";
    public const string Rank = "dim";
    public const string RankProperty = "ndim";

    /// <summary>Methods of modules that name a child.</summary>
    public static Seq<string> Registering { get; } = new("register_module", "add_module");

    /// <summary>Methods of modules that add to a container.</summary>
    public static Seq<string> Appending { get; } = new("append", "Add", "extend");

    /// <summary>Methods of modules without an effect on structure; they return the module, nothing, or what plays no part.</summary>
    public static Seq<string> HarmlessOnModules { get; } = new(
        "train", "eval", "apply", "zero_grad", "named_parameters", "parameters", "named_buffers", "buffers", "named_modules", "modules",
        "named_children", "children", "state_dict", "load_state_dict", "load", "save", "GetName", "Dispose", "register_buffer", "register_parameter");

    /// <summary>Methods of tensors that return the same tensor.</summary>
    public static Seq<string> SameTensor { get; } = new("MoveToOuterDisposeScope", "DetachFromDisposeScope", "alias");

    /// <summary>Methods of tensors that return nothing and change no value.</summary>
    public static Seq<string> HarmlessOnTensors { get; } = new("Dispose", "retain_grad");

    /// <summary>Members of tensors that depend on the shape alone.</summary>
    public static Seq<string> ShapeOnly { get; } = new("dim", "numel", "ndim", "NumberOfElements", "Dimensions");

    public static bool IsTorch(ISymbol? symbol) => symbol?.ContainingAssembly?.Name == Assembly;

    public static bool IsTensor(ITypeSymbol? type) => Bases(type).Any(static t => Is(t, Tensor));

    public static bool IsModule(ITypeSymbol? type) => Bases(type).Any(static t => Is(t, Module));

    /// <summary>Whether a type is the one of this full name, whatever its type arguments.</summary>
    public static bool Is(ISymbol? symbol, string fullName) => symbol is not null && IsTorch(symbol) && FullName(symbol) == fullName;

    public static string FullName(ISymbol symbol)
    {
        var container = (ISymbol?)symbol.ContainingType ?? (symbol.ContainingNamespace is { IsGlobalNamespace: false } space ? space : null);
        return container is null ? symbol.Name : FullName(container) + "." + symbol.Name;
    }

    public static IEnumerable<ITypeSymbol> Bases(ITypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            yield return type;
        }
    }
}
