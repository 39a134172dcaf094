using System.Text.Json;

namespace Accuracy;

/// <summary>Measurements, one JSON object a line: a run that was broken off goes on behind the last one, and several processes may append.</summary>
public sealed class Results(string path)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public IReadOnlyList<Measurement> All => File.Exists(path) ? Read(path) : [];

    public static IReadOnlyList<Measurement> Read(string path) => [.. File.ReadAllLines(path).Where(static l => l.Length > 0).Select(l =>
        JsonSerializer.Deserialize<Measurement>(l, Json) ?? throw new InvalidDataException($"{path} holds a line that is no measurement: {l}"))];

    public Measurement? Find(string subject, int seed, string method, int bits) => All.FirstOrDefault(m => m.Is(subject, seed, method, bits));

    public void Append(Measurement measurement)
    {
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        file.Write(JsonSerializer.SerializeToUtf8Bytes(measurement, Json).Append((byte)'\n').ToArray());
    }
}
