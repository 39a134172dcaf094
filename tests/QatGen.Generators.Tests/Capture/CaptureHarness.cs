using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QatGen.Generators.Capture;
using QatGen.Generators.Emit;

namespace QatGen.Generators.Tests.Capture;

/// <summary>Compiles model source against TorchSharp and Core, captures it, and loads it beside the float program that its graph emits.</summary>
internal static class CaptureHarness
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        """;

    private static readonly CSharpParseOptions Options = new(LanguageVersion.Latest);

    private static readonly MetadataReference[] References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(IsReference).Select(static p => MetadataReference.CreateFromFile(p))];

    public static CSharpCompilation Compile(params string[] sources) => CSharpCompilation.Create(
        "Models",
        [.. sources.Prepend(Usings).Select((s, i) => CSharpSyntaxTree.ParseText(s, Options, $"Source{i}.cs"))],
        References,
        new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>Captures the class of a name that carries [QatModel].</summary>
    /// <summary>Captures a class of the compilation; a capture that hangs is cancelled, and throws.</summary>
    public static CaptureResult Capture(Compilation compilation, string type)
    {
        using var hang = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        return ModelCapture.Run(Find(compilation, type), compilation, hang.Token);
    }

    public static INamedTypeSymbol Find(Compilation compilation, string type) => (INamedTypeSymbol)compilation.GetSymbolsWithName(type, SymbolFilter.Type).First();

    /// <summary>The assembly of the models and of the emitted float program, with the assemblies of the projects that it references.</summary>
    public static Assembly Load(CSharpCompilation compilation, QatGen.Graphs.Graph graph, params byte[][] projects)
    {
        var whole = compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText(FloatEmitter.Emit(graph), Options, "Float.g.cs"));
        using var image = new MemoryStream();
        var result = whole.Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Error)) + "\n" + FloatEmitter.Emit(graph));
        image.Position = 0;
        var assemblies = new AssemblyLoadContext(compilation.AssemblyName, isCollectible: true);
        foreach (var project in projects)
        {
            assemblies.LoadFromStream(new MemoryStream(project));
        }

        return assemblies.LoadFromStream(image);
    }

    /// <summary>A model file beside the tests.</summary>
    public static string Model(string name) => File.ReadAllText(Path.Combine(Folder(), "Models", name + ".cs"));

    /// <summary>A file of the sample.</summary>
    public static string Sample(string name) => File.ReadAllText(Path.Combine(Folder(), "../../../samples/QuickStart", name + ".cs"));

    /// <summary>The files of the model zoo.</summary>
    public static string[] Zoo() => [.. Directory.GetFiles(Path.Combine(Folder(), "../../../samples/ModelZoo"), "*.cs").Order(StringComparer.Ordinal).Select(File.ReadAllText)];

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;

    private static bool IsReference(string path) => Path.GetFileNameWithoutExtension(path) is var name
        && (name.StartsWith("System", StringComparison.Ordinal) || name is "netstandard" or "mscorlib" or "TorchSharp" or "QatGen.Core" or "QatGen.Torch" or "Microsoft.CSharp");
}
