using Microsoft.CodeAnalysis;
using QatGen.Graphs;

namespace QatGen.Generators.Capture;

/// <summary>
/// What capture read from a model or block. <paramref name="Graph"/> is the model's, <paramref name="Block"/> what other projects may know of the class; both are null when anything of severity error was found, and a
/// block has no graph of its own. <paramref name="Places"/> says for each node path where forward calls it
/// (a child of Sequential: where it is created). Violations and places hold locations and are for the analyzer only.
/// </summary>
internal sealed record CaptureResult(Graph? Graph, Block? Block, IReadOnlyList<LocatedViolation> Violations, IReadOnlyDictionary<string, Location> Places);

/// <summary>A broken rule and the source that breaks it.</summary>
internal sealed record LocatedViolation(Violation Violation, Location Location);
