using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace QatGen.Generators.Tests;

/// <summary>Runs the generator on source texts, against the real TorchSharp.</summary>
internal static class GeneratorRun
{
    public static CSharpParseOptions Options { get; } = new(LanguageVersion.Latest);

    public static MetadataReference[] References { get; } =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(static p => MetadataReference.CreateFromFile(p))];

    /// <summary>The sample's model as it stands in the repository.</summary>
    public static string[] QuickStart([CallerFilePath] string here = "") =>
        [.. new[] { "Net.cs", "ResidualBlock.cs" }.Select(f => File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../samples/QuickStart", f))), Usings];

    /// <summary>What ImplicitUsings gives a project.</summary>
    public const string Usings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading; global using System.Threading.Tasks;";

    public static CSharpCompilation Compile(params string[] sources) => CSharpCompilation.Create(
        "Models", sources.Select((s, i) => CSharpSyntaxTree.ParseText(s, Options, $"File{i}.cs")), References,
        new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, generalDiagnosticOption: ReportDiagnostic.Error, warningLevel: 9999));

    public static GeneratorDriver Driver() =>
        CSharpGeneratorDriver.Create([new QatGenerator().AsSourceGenerator()], parseOptions: Options, driverOptions: new(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>The code quality analyzers of the SDK that runs the tests.</summary>
    public static ImmutableArray<DiagnosticAnalyzer> NetAnalyzers()
    {
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var sdks = Directory.GetDirectories(Path.Combine(runtime, "../../../sdk")).Select(static s => Path.Combine(s, "Sdks/Microsoft.NET.Sdk/analyzers")).Where(Directory.Exists);
        return [.. Directory.GetFiles(sdks.Order(StringComparer.Ordinal).Last(), "*NetAnalyzers.dll").Where(static f => !f.Contains("VisualBasic", StringComparison.Ordinal))
            .SelectMany(static f => new AnalyzerFileReference(f, new Loader()).GetAnalyzers(LanguageNames.CSharp))];
    }

    /// <summary>The generated files by hint name.</summary>
    public static Dictionary<string, string> Files(this GeneratorDriver driver) =>
        driver.GetRunResult().Results.Single().GeneratedSources.ToDictionary(static s => s.HintName, static s => s.SourceText.ToString());

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
        }

        public Assembly LoadFromPath(string fullPath) => Assembly.LoadFrom(fullPath);
    }
}
