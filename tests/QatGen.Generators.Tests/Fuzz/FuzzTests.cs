using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace QatGen.Generators.Tests.Fuzz;

/// <summary>Random model classes: capture gives the graph that the real forward computes, or the rule that the model breaks, and never another graph.</summary>
public class FuzzTests(ITestOutputHelper output)
{
    /// <summary>How many models are tried; QATGEN_FUZZ gives another number.</summary>
    private static readonly int Count = int.TryParse(Environment.GetEnvironmentVariable("QATGEN_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 2000;

    /// <summary>The seed of the first model; QATGEN_FUZZ_SEED gives another one.</summary>
    private static readonly int First = int.TryParse(Environment.GetEnvironmentVariable("QATGEN_FUZZ_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : 0;

    private const int BatchSize = 100;

    [Fact]
    public void Capture_RandomModels_EqualsForwardOrIsRefused()
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        var uses = ModelFuzzer.All.ToDictionary(static c => c, static _ => 0, StringComparer.Ordinal);
        var (captured, refused, dead, failures) = (0, 0, 0, new List<string>());
        for (var first = 0; first < Count && failures.Count < 5; first += BatchSize)
        {
            var outcomes = Batch.Run([.. Enumerable.Range(First + first, Math.Min(BatchSize, Count - first)).Select(Model)]);
            foreach (var outcome in outcomes)
            {
                foreach (var construct in outcome.Model.Constructs)
                {
                    uses[construct]++;
                }

                captured += outcome.Graphs.Count == 0 ? 0 : 1;
                refused += outcome.Graphs.Count == 0 ? 1 : 0;
            }

            dead += outcomes.Count(static o => o.Wrong == Batch.DeadRandom);
            failures.AddRange(outcomes.Where(static o => o.Wrong is not (null or Batch.DeadRandom)).Take(3).Select(o => Describe(Shrinker.Run(o, Refuses(int.Parse(o.Model.Namespace.AsSpan(4),
                CultureInfo.InvariantCulture))))));
        }

        process.Refresh();
        output.WriteLine($"{captured + refused} models ({captured} captured and equal, {dead} of them but for dead random draws, {refused} refused by their rule), {uses.Count} constructs, "
            + $"{(process.TotalProcessorTime - before).TotalSeconds:F0} s of CPU");
        foreach (var (construct, count) in uses.OrderByDescending(static u => u.Value))
        {
            output.WriteLine($"{count,6}  {construct}");
        }

        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
        Assert.True(dead <= Count / 200, $"{dead} of {Count} models have dead random draws");
        Assert.Empty(uses.Where(static u => u.Value == 0 && Count >= 1000).Select(static u => u.Key));
        Assert.True(captured > Count * 3 / 4, $"only {captured} of {Count} models are captured");
    }

    /// <summary>One model in ten breaks a rule.</summary>
    private static bool Refuses(int seed) => seed % 10 == 9;

    private static FuzzModel Model(int seed) => ModelFuzzer.Write(new Choices(seed), $"Fuzz{seed.ToString(CultureInfo.InvariantCulture)}", Refuses(seed));

    private static string Describe(Batch.Outcome outcome) =>
        $"{outcome.Model.Namespace}: {outcome.Wrong}\n{string.Join("\n", outcome.Violations)}\n{outcome.Model.Source}\n{outcome.Model.Library}\n{string.Join("\n", outcome.Graphs)}";
}
