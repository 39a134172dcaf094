namespace QatGen.Files;

/// <summary>Lists as a count and their items.</summary>
public static class BinaryLists
{
    public static void WriteList<T>(this BinaryWriter writer, Seq<T> items, Action<T> write)
    {
        writer.Write(items.Count);
        foreach (var item in items)
        {
            write(item);
        }
    }

    /// <summary>Reads a list; a count that the rest of the stream cannot hold is damage, not an allocation.</summary>
    public static Seq<T> ReadList<T>(this BinaryReader reader, Func<T> read)
    {
        var count = reader.ReadInt32();
        if (count < 0 || count > reader.BaseStream.Length - reader.BaseStream.Position)
        {
            throw new InvalidDataException($"a list of {count} items does not fit into the file");
        }

        var items = new T[count];
        for (var i = 0; i < count; i++)
        {
            items[i] = read();
        }

        return new(items);
    }
}
