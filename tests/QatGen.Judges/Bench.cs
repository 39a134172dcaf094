using System.Collections.Concurrent;
using QatGen.Judges.Onnx;

namespace QatGen.Judges;

/// <summary>All trials, each held once.</summary>
internal static class Bench
{
    private static readonly Lazy<Trial[]> All = new(static () => [.. PyTorch.Trials(), .. OnnxVectors.Trials(), .. OnnxRuntime.Trials()]);

    private static readonly ConcurrentDictionary<string, Lazy<Verdict[]>> Held = new();

    public static IEnumerable<string> Operators => All.Value.Select(static t => t.Operator).Distinct().Order(StringComparer.Ordinal);

    /// <summary>One verdict per judge of an operator.</summary>
    public static Verdict[] Verdicts(string op) => Held.GetOrAdd(op, static o => new(() =>
        [.. All.Value.Where(t => t.Operator == o).SelectMany(static t => t.Judge()).GroupBy(static v => v.Judge).OrderBy(static g => g.Key, StringComparer.Ordinal).Select(g => Verdict.Sum(o, g.Key, g))])).Value;
}
