namespace ModelZoo;

public static partial class Zoo
{
    private static IReadOnlyList<ZooEntry> Classic => [];
}
