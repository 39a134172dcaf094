namespace ModelZoo;

/// <summary>Every model of the library.</summary>
public static partial class Zoo
{
    public static IReadOnlyList<ZooEntry> All { get; } = [.. Classic, .. Mobile, .. Dense];
}
