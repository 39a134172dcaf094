namespace QatGen.Generators.Tests.Fuzz;

/// <summary>A construct that random models use, by name: it writes itself, or says that it does not fit here.</summary>
internal sealed record Construct(string Name, Func<ModelFuzzer, Body, bool> Write);

/// <summary>A way to write a module: an expression of a type, and the shape behind it; null where it does not fit.</summary>
internal sealed record ModuleConstruct(string Name, Func<ModelFuzzer, Body, (string Type, string Code, Shape Out)?> Make);

/// <summary>Where a class makes a module: in the initializer of a member, in its constructor, or in static code.</summary>
internal enum Place
{
    Initializer,
    Constructor,
    Static,
}

/// <summary>A way to keep a module in its class, so that forward can call it: writes the members and gives the expression.</summary>
internal sealed record StorageConstruct(string Name, Place Place, Func<ModelFuzzer, ModuleClass, string, string, string> Store);
