using Microsoft.CodeAnalysis;
using QatGen.Graphs;

namespace QatGen.Generators.Capture;

/// <summary>
/// What capture read from a model class. <paramref name="Graph"/> is null when anything of severity error was found; <paramref name="Places"/> says for each node path where forward calls it
/// (a child of Sequential: where it is created). Violations and places hold locations and are for the analyzer only.
/// </summary>
internal sealed record CaptureResult(Graph? Graph, IReadOnlyList<LocatedViolation> Violations, IReadOnlyDictionary<string, Location> Places)
{
    /// <summary>What was found later in the graph, at the calls it concerns: once per rule and place, as a block may stand in a model several times.</summary>
    public IEnumerable<LocatedViolation> Locate(IEnumerable<Violation> violations, Location otherwise) =>
        violations.Select(v => new LocatedViolation(v, Places.TryGetValue(v.Layer, out var place) ? place : otherwise))
            .GroupBy(static v => (v.Violation.Rule, v.Location)).Select(static g => g.First());
}

/// <summary>A broken rule and the source that breaks it.</summary>
internal sealed record LocatedViolation(Violation Violation, Location Location);
