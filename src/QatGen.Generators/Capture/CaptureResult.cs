using Microsoft.CodeAnalysis;
using QatGen.Graphs;

namespace QatGen.Generators.Capture;

/// <summary>
/// What capture read from a model class. <paramref name="Graphs"/> has a graph for each variant that [ModelArgs] asks for, and none when anything of severity error was found; <paramref name="Places"/> says for each node path where forward calls it
/// (a child of Sequential: where it is created). Violations and places hold locations and are for the analyzer only.
/// </summary>
internal sealed record CaptureResult(Seq<Graph> Graphs, IReadOnlyList<LocatedViolation> Violations, IReadOnlyDictionary<string, Location> Places)
{
    /// <summary>The first or only graph.</summary>
    public Graph? Graph => Graphs.FirstOrDefault();
}

/// <summary>A broken rule and the source that breaks it.</summary>
internal sealed record LocatedViolation(Violation Violation, Location Location);
