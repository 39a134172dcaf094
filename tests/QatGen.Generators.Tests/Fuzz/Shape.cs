namespace QatGen.Generators.Tests.Fuzz;

/// <summary>The shape of a tensor behind the batch: channels and the height and width of a map, or features when <see cref="Size"/> is 0.</summary>
internal readonly record struct Shape(int Channels, int Size)
{
    public bool IsMap => Size > 0;
}
