namespace QatGen.Bpu;

/// <summary>A position of an index is outside of its axis.</summary>
internal sealed class PositionException(int position, int size) : Exception
{
    public int Position => position;

    public int Size => size;
}
