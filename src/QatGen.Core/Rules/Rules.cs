using System.Reflection;

namespace QatGen;

/// <summary>Every rule, in the order of the identifiers.</summary>
public static class Rules
{
    public static Seq<Rule> All { get; } =
        new[] { typeof(CaptureRules), typeof(ShapeRules), typeof(QuantizationRules), typeof(TrainingRules), typeof(MarchRules), typeof(BpuRules), typeof(FileRules) }
            .SelectMany(static t => t.GetRuntimeProperties())
            .Where(static p => p.PropertyType == typeof(Rule))
            .Select(static p => (Rule)p.GetValue(null)!)
            .OrderBy(static r => r.Id, StringComparer.Ordinal).ToSeq();
}
