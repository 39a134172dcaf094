using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QatGen.Generators;

namespace QatGen.Benchmarks.Generator;

/// <summary>What the generator costs while a developer types, and what its output costs the compiler. Milliseconds of one thread's processor time but where said.</summary>
internal static class GeneratorBenchmark
{
    private const int Models = 50;
    private const int Files = 150;
    private const int Edits = 25;

    private static readonly CSharpParseOptions Options = new(LanguageVersion.Latest);

    private static readonly MetadataReference[] References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(static p => MetadataReference.CreateFromFile(p))];

    public static void Run()
    {
        Typing();
        One();
        Compiling();
    }

    /// <summary>One project of 50 models and 100 other files, edited in one file at a time.</summary>
    private static void Typing()
    {
        string Source(int i, string name) => i < Models / 2 ? ModelSources.ResNet18(name) : i < Models ? ModelSources.Block(name) : ModelSources.Other(i);
        var sources = Enumerable.Range(0, Files - 1).Select(i => Source(i, "Net" + i)).Append(ModelSources.GlobalUsings).ToArray();
        Console.WriteLine($"{"edit in a project of " + Models + " models, " + Files + " files",-56} {"median ms",10} {"largest",10} {"outputs run",12}");
        Measure("none (a new compilation of the same files)", sources, 0, static (text, _) => text);
        Measure("unrelated file, inside a method", sources, Files - 2, static (text, i) => text.Replace("orders.Count < limit", $"orders.Count < limit + {i}", StringComparison.Ordinal));
        Measure("unrelated file, another member", sources, Files - 2, (_, i) => ModelSources.Other(Files - 2, $"private int _edit{i};"));
        Measure("comment in a file of one model", sources, 3, static (text, i) => $"// {i}\n{text}");
        Measure("one model, a structural change", sources, 3, AlternateStem);
    }

    private static void One()
    {
        string[] sources = [ModelSources.ResNet50("ResNet50"), ModelSources.GlobalUsings];
        Measure("ResNet50 alone: capture, passes and emission", sources, 0, AlternateStem);
    }

    private static string AlternateStem(string text, int i) =>
        i % 2 == 0 ? text : text.Replace("kernel_size: 7, stride: 2, padding: 3", "kernel_size: 5, stride: 2, padding: 2", StringComparison.Ordinal);

    private static void Measure(string name, string[] sources, int edited, Func<string, int, string> edit)
    {
        var compilation = Compile(sources);
        var driver = Driver().RunGenerators(compilation);
        if (driver.GetRunResult().Results.Single() is { Exception: { } failure })
        {
            throw failure;
        }

        var times = new List<double>();
        var outputs = 0;
        for (var i = 1; i <= Edits; i++)
        {
            compilation = compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[edited], Parse(edit(sources[edited], i), edited));
            var start = ThreadTime.Now;
            driver = driver.RunGenerators(compilation);
            times.Add(ThreadTime.Now - start);
            outputs = driver.GetRunResult().Results.Single().TrackedOutputSteps.SelectMany(static s => s.Value)
                .Count(static s => s.Outputs.Any(static o => o.Reason is IncrementalStepRunReason.Modified or IncrementalStepRunReason.New));
        }

        var warm = times.Skip(Edits / 2).Order().ToArray();
        Console.WriteLine(FormattableString.Invariant($"{name,-56} {warm[warm.Length / 2],10:F1} {warm[^1],10:F1} {outputs,12}"));
    }

    /// <summary>Compilation of many copies of the sample's model without and with what is generated for it; the compiler uses all cores, so this is processor time of the process.</summary>
    private static void Compiling()
    {
        Console.WriteLine($"\n{"N x samples/QuickStart",-26} {"lines",8} {"generated",10} {"plain ms",9} {"with ms",9} {"ms per 1000 generated lines",28}");
        Emit(4);
        foreach (var count in new[] { 1, 4, 16, 64 })
        {
            Emit(count, print: true);
        }
    }

    private static void Emit(int count, bool print = false)
    {
        var plain = Compile([.. Enumerable.Range(0, count).SelectMany(static i => ModelSources.QuickStart("QuickStart" + i)), ModelSources.GlobalUsings]);
        Driver().RunGeneratorsAndUpdateCompilation(plain, out var whole, out _);
        var (without, with) = (EmitTime(plain), EmitTime(whole));
        var lines = Lines(plain);
        var generated = Lines(whole) - lines;
        if (print)
        {
            Console.WriteLine(FormattableString.Invariant($"{count,-26} {lines,8} {generated,10} {without,9:F0} {with,9:F0} {(with - without) / generated * 1000,28:F1}"));
        }
    }

    /// <summary>The least of five, each of a compilation that shares nothing but trees.</summary>
    private static double EmitTime(Compilation compilation) => Enumerable.Range(0, 5).Min(_ =>
    {
        var fresh = CSharpCompilation.Create(compilation.AssemblyName, compilation.SyntaxTrees, compilation.References, (CSharpCompilationOptions)compilation.Options);
        var start = Process.GetCurrentProcess().TotalProcessorTime;
        var result = fresh.Emit(Stream.Null);
        return result.Success ? (Process.GetCurrentProcess().TotalProcessorTime - start).TotalMilliseconds : throw new InvalidOperationException(string.Join("\n", result.Diagnostics));
    });

    private static int Lines(Compilation compilation) => compilation.SyntaxTrees.Sum(static t => t.GetText().Lines.Count);

    public static GeneratorDriver Driver() =>
        CSharpGeneratorDriver.Create([new QatGenerator().AsSourceGenerator()], parseOptions: Options, driverOptions: new(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    public static CSharpCompilation Compile(string[] sources) =>
        CSharpCompilation.Create("Models", sources.Select(Parse), References, new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    private static SyntaxTree Parse(string source, int number) => CSharpSyntaxTree.ParseText(source, Options, $"File{number}.cs");
}
