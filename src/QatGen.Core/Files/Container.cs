using System.Text;

namespace QatGen.Files;

/// <summary>
/// The envelope of every file: a 4-byte magic, a version, and named sections each followed by its CRC-32, with a CRC-32 of the whole at the end. Little-endian.
/// </summary>
public static class Container
{
    private const int HeaderSize = 8;

    /// <summary>Writes sections in order; the file at <paramref name="path"/> is replaced only when all is written.</summary>
    public static void Save(string path, string magic, int version, IReadOnlyList<(string Name, byte[] Data)> sections) =>
        AtomicFile.Write(path, stream =>
        {
            var bytes = Write(magic, version, sections);
            stream.Write(bytes, 0, bytes.Length);
        });

    public static byte[] Write(string magic, int version, IReadOnlyList<(string Name, byte[] Data)> sections)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        writer.Write(Encoding.ASCII.GetBytes(magic));
        writer.Write(version);
        writer.Write(sections.Count);
        foreach (var (name, data) in sections)
        {
            writer.Write(name);
            writer.Write(data.Length);
            writer.Write(data);
            writer.Write(Crc32.Of(data, 0, data.Length));
        }

        writer.Flush();
        writer.Write(Crc32.Of(memory.GetBuffer(), 0, (int)memory.Length));
        writer.Flush();
        return memory.ToArray();
    }

    public static IReadOnlyDictionary<string, byte[]> Load(string path, string magic, int version) => Read(AtomicFile.Read(path), path, magic, version);

    /// <summary>Reads the sections; a wrong magic, a newer version, a wrong checksum and a missing end each have their own rule.</summary>
    public static IReadOnlyDictionary<string, byte[]> Read(byte[] bytes, string name, string magic, int version)
    {
        if (bytes.Length < HeaderSize || Encoding.ASCII.GetString(bytes, 0, 4) != magic)
        {
            throw QatGenException.Of(FileRules.WrongKind, "", name, magic);
        }

        var found = BitConverter.ToInt32(bytes, 4);
        if (found > version)
        {
            throw QatGenException.Of(FileRules.NewerVersion, "", name, found.ToString(System.Globalization.CultureInfo.InvariantCulture), version.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        if (bytes.Length < HeaderSize + 8 || Crc32.Of(bytes, 0, bytes.Length - 4) != BitConverter.ToUInt32(bytes, bytes.Length - 4))
        {
            throw QatGenException.Of(FileRules.Damaged, "", name, "its checksum does not match");
        }

        return Guard(name, () => Sections(bytes));
    }

    /// <summary>Runs a reader of checked bytes; whatever it cannot make sense of is a damaged file, not a crash.</summary>
    public static T Guard<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ArgumentException or FormatException or OverflowException or IndexOutOfRangeException or KeyNotFoundException or DecoderFallbackException)
        {
            throw QatGenException.Of(FileRules.Damaged, "", name, e.Message);
        }
    }

    private static Dictionary<string, byte[]> Sections(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes, HeaderSize, bytes.Length - HeaderSize - 4));
        var sections = new Dictionary<string, byte[]>();
        for (var count = reader.ReadInt32(); count > 0; count--)
        {
            var section = reader.ReadString();
            var length = reader.ReadInt32();
            if (length < 0 || length > reader.BaseStream.Length - reader.BaseStream.Position)
            {
                throw new InvalidDataException($"section '{section}' is longer than the file");
            }

            var data = reader.ReadBytes(length);
            if (reader.ReadUInt32() != Crc32.Of(data, 0, data.Length))
            {
                throw new InvalidDataException($"the checksum of section '{section}' does not match");
            }

            sections.Add(section, data);
        }

        return sections;
    }
}
