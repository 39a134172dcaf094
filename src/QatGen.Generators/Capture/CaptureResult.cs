using Microsoft.CodeAnalysis;
using QatGen.Graphs;

namespace QatGen.Generators.Capture;

/// <summary>
/// What capture read from a model or block. <paramref name="Graphs"/> has a graph for each variant of a model that [ModelArgs] asks for, <paramref name="Block"/> is what other projects may know of the class; both are
/// empty when anything of severity error was found. <paramref name="Places"/> says for each node path where forward calls it
/// (a child of Sequential: where it is created). Violations and places hold locations and are for the analyzer only.
/// </summary>
internal sealed record CaptureResult(Seq<Graph> Graphs, Block? Block, IReadOnlyList<LocatedViolation> Violations, IReadOnlyDictionary<string, Location> Places)
{
    /// <summary>The first or only graph.</summary>
    public Graph? Graph => Graphs.FirstOrDefault();

    /// <summary>What was found later in the graphs, at the calls it concerns: once per rule and place, as a block may stand in a model several times.</summary>
    public IEnumerable<LocatedViolation> Locate(IEnumerable<Violation> violations, Location otherwise) =>
        violations.Select(v => new LocatedViolation(v, Places.TryGetValue(v.Layer, out var place) ? place : otherwise))
            .GroupBy(static v => (v.Violation.Rule, v.Location)).Select(static g => g.First());
}

/// <summary>A broken rule and the source that breaks it.</summary>
internal sealed record LocatedViolation(Violation Violation, Location Location);
