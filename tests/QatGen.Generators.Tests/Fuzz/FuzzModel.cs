namespace QatGen.Generators.Tests.Fuzz;

/// <summary>
/// A random model: its source in a namespace of its own, and what capture must make of it. <paramref name="MayRefuse"/> are rules that may be right (an in-place call whose value may be read later);
/// <paramref name="MustRefuse"/> is a rule that it is made to break.
/// </summary>
internal sealed record FuzzModel(string Namespace, string Source, int Inputs, Seq<string> MayRefuse, string? MustRefuse, IReadOnlyCollection<string> Constructs, IReadOnlyList<int> Choices);
