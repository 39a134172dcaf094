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
        violations.Select(v => new LocatedViolation(v, PlaceOf(v.Layer) ?? otherwise))
            .GroupBy(static v => (v.Violation.Rule, v.Location)).Select(static g => g.First());

    /// <summary>The place of a call; a part of a composite operator, whose path is below the composite's, has that one's. Of several results the first is as good as any.</summary>
    private Location? PlaceOf(string layer)
    {
        for (var path = layer; path.Length > 0; path = path.Substring(0, Math.Max(0, path.LastIndexOf('.'))))
        {
            if (Places.TryGetValue(path, out var place) || Places.TryGetValue(path + ".0", out place))
            {
                return place;
            }
        }

        return null;
    }
}

/// <summary>A broken rule and the source that breaks it.</summary>
internal sealed record LocatedViolation(Violation Violation, Location Location);
