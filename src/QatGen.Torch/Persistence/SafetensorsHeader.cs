using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using static TorchSharp.torch;

namespace QatGen.Torch.Persistence;

/// <summary>
/// The header of a safetensors file: 8 bytes of little-endian length, then JSON that gives each tensor's type, shape and place. Every byte behind it belongs to one tensor.
/// Source: the format's public description (Hugging Face, safetensors).
/// </summary>
internal sealed record SafetensorsHeader(IReadOnlyList<SafetensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata)
{
    private const int LengthSize = 8;
    private const int Alignment = 8;

    /// <summary>The format's own limit.</summary>
    private const long LargestHeader = 100_000_000;
    private const string MetadataName = "__metadata__";

    /// <summary>The places of tensors in a new file: wide elements first, so that each is aligned, then by name.</summary>
    public static SafetensorsHeader Of(IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var wrong = tensors.Where(static t => SafetensorsEntry.NameOf(t.Value.dtype) is null || t.Key == MetadataName)
            .Select(static t => Violation.Of(TrainingRules.FileType, t.Key, t.Key, t.Value.dtype.ToString(), SafetensorsEntry.TypeNames)).ToArray();
        if (wrong.Length > 0)
        {
            throw new QatGenException(wrong);
        }

        var (entries, at) = (new List<SafetensorsEntry>(), 0L);
        foreach (var (name, tensor) in tensors.OrderByDescending(static t => SafetensorsEntry.SizeOf(t.Value.dtype)).ThenBy(static t => t.Key, StringComparer.Ordinal))
        {
            var end = checked(at + (tensor.numel() * SafetensorsEntry.SizeOf(tensor.dtype)));
            entries.Add(new(name, tensor.dtype, tensor.shape, at, end));
            at = end;
        }

        return new(entries, metadata ?? new Dictionary<string, string>());
    }

    public void Write(Stream stream)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            if (Metadata.Count > 0)
            {
                writer.WriteStartObject(MetadataName);
                foreach (var (key, value) in Metadata.OrderBy(static m => m.Key, StringComparer.Ordinal))
                {
                    writer.WriteString(key, value);
                }

                writer.WriteEndObject();
            }

            foreach (var entry in Entries)
            {
                Write(writer, entry);
            }

            writer.WriteEndObject();
        }

        while (json.Length % Alignment != 0)
        {
            json.WriteByte((byte)' ');
        }

        Span<byte> length = stackalloc byte[LengthSize];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        stream.Write(length);
        json.WriteTo(stream);
    }

    /// <summary>Reads and checks the header at the start of <paramref name="stream"/>, which stands behind it afterwards; what is wrong names the file and the entry.</summary>
    public static SafetensorsHeader Read(Stream stream, string path)
    {
        Span<byte> prefix = stackalloc byte[LengthSize];
        if (stream.ReadAtLeast(prefix, LengthSize, throwOnEndOfStream: false) < LengthSize)
        {
            throw Damaged(path, "", "it is shorter than a header");
        }

        var length = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (length is < 2 or > LargestHeader || length > stream.Length - LengthSize)
        {
            throw Damaged(path, "", $"its header would be {(ulong)length} bytes");
        }

        var json = new byte[length];
        stream.ReadExactly(json);
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement, stream.Length - LengthSize - length, path);
        }
        catch (Exception e) when (e is JsonException or DecoderFallbackException or InvalidOperationException)
        {
            throw Damaged(path, "", $"its header is no JSON object ({e.Message})");
        }
    }

    /// <summary>A file that is not what it should be; <paramref name="entry"/> is the tensor concerned, or empty.</summary>
    public static QatGenException Damaged(string path, string entry, string reason) =>
        QatGenException.Of(FileRules.Damaged, entry, path, entry.Length == 0 ? reason : $"entry '{entry}' {reason}");

    private static void Write(Utf8JsonWriter writer, SafetensorsEntry entry)
    {
        writer.WriteStartObject(entry.Name);
        writer.WriteString("dtype", SafetensorsEntry.NameOf(entry.Type));
        writer.WriteStartArray("shape");
        Array.ForEach(entry.Shape, writer.WriteNumberValue);
        writer.WriteEndArray();
        writer.WriteStartArray("data_offsets");
        writer.WriteNumberValue(entry.Begin);
        writer.WriteNumberValue(entry.End);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static SafetensorsHeader Read(JsonElement root, long size, string path)
    {
        var (entries, metadata, names) = (new List<SafetensorsEntry>(), new Dictionary<string, string>(), new HashSet<string>());
        foreach (var property in root.EnumerateObject())
        {
            if (!names.Add(property.Name))
            {
                throw Damaged(path, property.Name, "is there twice");
            }

            if (property.Name == MetadataName)
            {
                foreach (var item in property.Value.EnumerateObject())
                {
                    metadata[item.Name] = item.Value.GetString() ?? "";
                }
            }
            else
            {
                entries.Add(Entry(property.Name, property.Value, path));
            }
        }

        var end = 0L;
        foreach (var entry in entries.OrderBy(static e => e.Begin).ThenBy(static e => e.End))
        {
            end = entry.Begin < end ? throw Damaged(path, entry.Name, $"overlaps another: it begins at byte {entry.Begin}")
                : entry.Begin > end ? throw Damaged(path, entry.Name, $"leaves a gap: it begins at byte {entry.Begin}, the one before ends at {end}")
                : entry.End > size ? throw Damaged(path, entry.Name, $"ends at byte {entry.End} of {size}")
                : entry.End;
        }

        return end == size ? new(entries, metadata) : throw Damaged(path, "", $"it has {size - end} bytes that belong to no entry");
    }

    private static SafetensorsEntry Entry(string name, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Select(static p => p.Name).Order(StringComparer.Ordinal).ToArray() is not ["data_offsets", "dtype", "shape"])
        {
            throw Damaged(path, name, "does not have dtype, shape and data_offsets");
        }

        if (value.GetProperty("dtype") is not { ValueKind: JsonValueKind.String } dtype || Numbers(value.GetProperty("shape")) is not { } shape
            || Numbers(value.GetProperty("data_offsets")) is not { Length: 2 } place || place[1] < place[0])
        {
            throw Damaged(path, name, "has a dtype, shape or data_offsets that is none");
        }

        var type = SafetensorsEntry.TypeOf(dtype.GetString()!) ?? throw QatGenException.Of(TrainingRules.FileType, name, name, dtype.GetString()!, SafetensorsEntry.TypeNames);
        return Bytes(shape, type) == place[1] - place[0] ? new(name, type, shape, place[0], place[1])
            : throw Damaged(path, name, $"of shape [{string.Join(", ", shape)}] and type {dtype.GetString()} has {place[1] - place[0]} bytes");
    }

    /// <summary>Whole numbers from 0; null for anything else.</summary>
    private static long[]? Numbers(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var numbers = new List<long>();
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out var number) || number < 0)
            {
                return null;
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }

    /// <summary>The bytes of a shape; -1 where its sizes, zeros left out, are beyond all memory, as libtorch multiplies them too.</summary>
    private static long Bytes(long[] shape, ScalarType type)
    {
        var bytes = (Int128)SafetensorsEntry.SizeOf(type);
        foreach (var size in shape.Where(static s => s > 0))
        {
            bytes *= size;
            if (bytes > long.MaxValue)
            {
                return -1;
            }
        }

        return shape.Contains(0) ? 0 : (long)bytes;
    }
}
