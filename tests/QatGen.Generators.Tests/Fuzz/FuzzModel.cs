namespace QatGen.Generators.Tests.Fuzz;

/// <summary>
/// A random model: its source in a namespace of its own, and what capture must make of it. <paramref name="Library"/> is the source of its blocks in another project, if it has any.
/// <paramref name="MayRefuse"/> are rules that may be right (an in-place call whose value may be read later); <paramref name="MustRefuse"/> is a rule that it is made to break.
/// </summary>
internal sealed record FuzzModel(string Namespace, string Source, string Library, int Inputs, Seq<string> MayRefuse, string? MustRefuse, IReadOnlyCollection<string> Constructs, IReadOnlyList<int> Choices)
{
    /// <summary>The variants by name, with the constructor's arguments; null: its defaults.</summary>
    public IReadOnlyList<(string Name, object?[]? Arguments)> Variants { get; init; } = [("", null)];

    /// <summary>Whether it calls what no operator claims, which a refusal for another reason reports too.</summary>
    public bool HasUnclaimed { get; init; }
}
