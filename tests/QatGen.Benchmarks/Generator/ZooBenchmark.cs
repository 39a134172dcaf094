using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using QatGen.Generators.Analyzers;

namespace QatGen.Benchmarks.Generator;

/// <summary>Compilation of samples/ModelZoo without QatGen, with its generator, and with its analyzers too: medians of milliseconds in one warm process, each round from the text on.</summary>
internal static class ZooBenchmark
{
    private const int Rounds = 7;

    public static void Run()
    {
        string[] sources = [.. Directory.GetFiles(Folder(), "*.cs").Order(StringComparer.Ordinal).Select(File.ReadAllText), ModelSources.GlobalUsings];
        var (plain, generated, analyzed) = (new List<Cost>(), new List<Cost>(), new List<Cost>());

        // The three take turns, so that what else the machine does falls on each.
        for (var i = 0; i <= Rounds; i++)
        {
            plain.Add(Compile(sources, generates: false, analyzes: false));
            generated.Add(Compile(sources, generates: true, analyzes: false));
            analyzed.Add(Compile(sources, generates: true, analyzes: true));
        }

        Console.WriteLine($"{"samples/ModelZoo",-34} {"lines",8} {"wall ms",9} {"CPU ms",9} {"ratio of CPU",13}");
        var without = Median(plain);
        foreach (var (name, cost) in new[] { ("without QatGen", without), ("with the generator", Median(generated)), ("with generator and analyzers", Median(analyzed)) })
        {
            Console.WriteLine(FormattableString.Invariant($"{name,-34} {cost.Lines,8} {cost.Wall,9:F0} {cost.Processor,9:F0} {cost.Processor / without.Processor,13:F2}"));
        }
    }

    private sealed record Cost(int Lines, double Wall, double Processor);

    private static Cost Compile(string[] sources, bool generates, bool analyzes)
    {
        using var process = Process.GetCurrentProcess();
        var (before, watch) = (process.TotalProcessorTime, Stopwatch.StartNew());
        Compilation compilation = GeneratorBenchmark.Compile(sources);
        if (generates)
        {
            GeneratorBenchmark.Driver().RunGeneratorsAndUpdateCompilation(compilation, out compilation, out _);
        }

        var result = compilation.Emit(Stream.Null);
        if (analyzes)
        {
            ImmutableArray<DiagnosticAnalyzer> analyzers = [new QatModelAnalyzer(), new AttributeUseAnalyzer()];
            compilation.WithAnalyzers(analyzers).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();
        }

        var wall = watch.Elapsed.TotalMilliseconds;
        process.Refresh();
        return result.Success ? new(compilation.SyntaxTrees.Sum(static t => t.GetText().Lines.Count), wall, (process.TotalProcessorTime - before).TotalMilliseconds)
            : throw new InvalidOperationException(string.Join("\n", result.Diagnostics));
    }

    /// <summary>The medians of all rounds but the first, in which the compiler itself is compiled.</summary>
    private static Cost Median(List<Cost> costs)
    {
        double Of(Func<Cost, double> part) => costs.Skip(1).Select(part).Order().ElementAt(Rounds / 2);
        return new(costs[0].Lines, Of(static c => c.Wall), Of(static c => c.Processor));
    }

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../../samples/ModelZoo");
}
