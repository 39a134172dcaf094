using Microsoft.CodeAnalysis;

namespace QatGen.Generators.Capture;

/// <summary>The few names of TorchSharp, and of what QatGen adds to it, that capture spells; a test resolves each against the real assembly.</summary>
internal static class TorchNames
{
    public const string Assembly = "TorchSharp";
    public const string OwnAssembly = "QatGen.Torch";
    public const string OwnModules = "QatGen.Torch.Nn";
    public const string Torch = "TorchSharp.torch";
    public const string Neural = "TorchSharp.torch.nn";
    public const string Functional = "TorchSharp.torch.nn.functional";
    public const string Init = "TorchSharp.torch.nn.init";
    public const string Tensor = "TorchSharp.torch.Tensor";
    public const string Module = "TorchSharp.torch.nn.Module";
    public const string DisposeScope = "TorchSharp.DisposeScope";
    public const string ModuleExtensions = "TorchSharp.ModuleExtensionMethods";
    public const string Parameter = "TorchSharp.Modules.Parameter";
    public const string TensorIndex = "TorchSharp.torch.TensorIndex";
    public const string Modules = "TorchSharp.Modules";

    public const string Sequential = "Sequential";
    public const string ModuleList = "ModuleList";
    public const string ModuleDict = "ModuleDict";
    public const string RegisterComponents = "RegisterComponents";
    public const string ComponentName = "TorchSharp.Utils.ComponentNameAttribute";
    public const string RegisterBuffer = "register_buffer";
    public const string RegisterParameter = "register_parameter";
    public const string GetBuffer = "get_buffer";
    public const string GetParameter = "get_parameter";
    public const string Forward = "forward";
    public const string Call = "call";
    public const string Training = "training";
    public const string InPlace = "inplace";
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
        "named_children", "children", "state_dict", "load_state_dict", "load", "save", "GetName", "Dispose");

    /// <summary>Methods of tensors that return the same tensor.</summary>
    public static Seq<string> SameTensor { get; } = new("MoveToOuterDisposeScope", "DetachFromDisposeScope", "alias");

    /// <summary>Methods of tensors that return nothing and change no value.</summary>
    public static Seq<string> HarmlessOnTensors { get; } = new("Dispose", "retain_grad");

    /// <summary>Functions that make a tensor of the sizes that are their arguments.</summary>
    public static Seq<string> Creating { get; } = new("zeros", "ones", "empty", "rand", "randn", "full");

    /// <summary>Functions and methods whose result has the sizes of their tensor.</summary>
    public static Seq<string> KeepingSizes { get; } = new("triu", "tril", "clone", "contiguous", "to", "to_type", "bool", "logical_not", "neg");

    /// <summary>Modules whose result may be their input's memory.</summary>
    public static Seq<string> ViewModules { get; } = new("Unflatten");

    /// <summary>Functions, methods and properties of tensors whose result may share the tensor's memory.</summary>
    public static Seq<string> Views { get; } = new(
        "view", "view_as", "reshape", "flatten", "unflatten", "ravel", "squeeze", "unsqueeze", "expand", "expand_as", "broadcast_to", "transpose", "t", "T", "mT", "H", "mH", "adjoint", "permute",
        "movedim", "moveaxis", "swapaxes", "swapdims", "select", "narrow", "slice", "diagonal", "unfold", "as_strided", "chunk", "split", "tensor_split", "hsplit", "vsplit", "dsplit", "unbind",
        "detach", "contiguous", "to", "to_type", "type", "type_as", "cpu", "cuda", "float", "half", "real", "imag", "view_as_real", "view_as_complex", "positive", "atleast_1d", "atleast_2d",
        "atleast_3d", "broadcast_tensors", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout", "index", "this");

    /// <summary>Methods that give a tensor the sizes of another, with the method that does so with numbers and its parameter.</summary>
    public static Dictionary<string, (string Method, string Parameter)> Shaping { get; } = new(StringComparer.Ordinal) { ["expand_as"] = ("expand", "sizes"), ["view_as"] = ("view", "shape") };

    /// <summary>Members of tensors that depend on the shape alone.</summary>
    public static Seq<string> ShapeOnly { get; } = new("dim", "numel", "ndim", "NumberOfElements", "Dimensions");

    /// <summary>Whether TorchSharp declares it, or QatGen beside TorchSharp's modules.</summary>
    public static bool IsTorch(ISymbol? symbol) => symbol?.ContainingAssembly?.Name == Assembly || (symbol?.ContainingAssembly?.Name == OwnAssembly && FullName(symbol).StartsWith(OwnModules + ".", StringComparison.Ordinal));

    public static bool IsTensor(ITypeSymbol? type) => Bases(type).Any(static t => Is(t, Tensor));

    public static bool IsParameter(ITypeSymbol? type) => Bases(type).Any(static t => Is(t, Parameter));

    public static bool IsModule(ITypeSymbol? type) => Bases(type).Any(static t => Is(t, Module));

    /// <summary>The base class <c>Module&lt;..., TResult&gt;</c> of a module that has a call.</summary>
    public static INamedTypeSymbol? Signature(ITypeSymbol type) => Bases(type).OfType<INamedTypeSymbol>().FirstOrDefault(static t => Is(t, Module) && t.TypeArguments.Length >= 2);

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
