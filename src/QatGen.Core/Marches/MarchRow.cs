namespace QatGen.Marches;

/// <summary>What some marches say of a primitive: the types it reads and writes, and the limits it keeps.</summary>
public sealed class MarchRow<T>(Seq<March> marches, Seq<DType> reads, Seq<DType> writes, params Limit<T>[] limits)
{
    public Seq<March> Marches => marches;

    public Seq<DType> Reads => reads;

    public Seq<DType> Writes => writes;

    public Seq<Limit<T>> Limits { get; } = new(limits);
}
