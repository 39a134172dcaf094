using System.Runtime.InteropServices;
using System.Text.Json;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests.Golden;

/// <summary>A tensor of a golden file, widened to double.</summary>
internal sealed record GoldenTensor(long[] Shape, double[] Data)
{
    public Tensor Float => tensor(Data, ScalarType.Float32).reshape(Shape);

    public double Scalar => Data[0];

    /// <summary>Of a quantized tensor the scale, or that of each index of axis 0; empty of any other.</summary>
    public double[] Scales { get; init; } = [];

    /// <summary>Of a quantized tensor with one scale.</summary>
    public int ZeroPoint { get; init; }
}

internal sealed record GoldenCase(string Name, string Op, JsonElement Params, IReadOnlyDictionary<string, GoldenTensor> Inputs, IReadOnlyDictionary<string, GoldenTensor> Outputs)
{
    public double Real(string parameter) => Params.GetProperty(parameter).GetDouble();

    public int Integer(string parameter) => Params.TryGetProperty(parameter, out var value) ? value.ValueKind == JsonValueKind.Array ? value[0].GetInt32() : value.GetInt32() : 1;

    public string Text(string parameter) => Params.GetProperty(parameter).ToString();
}

/// <summary>Reads the vectors of tests/Golden.</summary>
internal static class GoldenFile
{
    public static IReadOnlyList<GoldenCase> Read(string name)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Golden");
        var bytes = File.ReadAllBytes(Path.Combine(folder, name + ".bin"));
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, name + ".json")));
        Dictionary<string, GoldenTensor> Tensors(JsonElement group) => group.EnumerateObject().ToDictionary(static p => p.Name, p => Read(p.Value, bytes));
        return
        [
            .. manifest.RootElement.GetProperty("cases").EnumerateArray().Select(c => new GoldenCase(
                c.GetProperty("name").GetString()!, c.GetProperty("op").GetString()!, c.GetProperty("params").Clone(), Tensors(c.GetProperty("inputs")), Tensors(c.GetProperty("outputs")))),
        ];
    }

    /// <summary>Whether two roundings of <paramref name="v"/> may differ by a step.</summary>
    public static bool IsTie(double v) => Math.Abs(v - Math.Floor(v) - 0.5) <= Math.Abs(v) * Math.Pow(2, -22);

    private static GoldenTensor Read(JsonElement t, byte[] file)
    {
        var bytes = file.AsSpan(t.GetProperty("offset").GetInt32(), t.GetProperty("nbytes").GetInt32());
        double[] data = t.GetProperty("dtype").GetString() switch
        {
            "f32" => [.. MemoryMarshal.Cast<byte, float>(bytes).ToArray().Select(static v => (double)v)],
            "f64" => [.. MemoryMarshal.Cast<byte, double>(bytes)],
            "i8" => [.. MemoryMarshal.Cast<byte, sbyte>(bytes).ToArray().Select(static v => (double)v)],
            "u8" or "bool" => [.. bytes.ToArray().Select(static v => (double)v)],
            "i64" => [.. MemoryMarshal.Cast<byte, long>(bytes).ToArray().Select(static v => (double)v)],
            "i32" => [.. MemoryMarshal.Cast<byte, int>(bytes).ToArray().Select(static v => (double)v)],
            var other => throw new InvalidDataException(other),
        };
        return new([.. t.GetProperty("shape").EnumerateArray().Select(static d => d.GetInt64())], data)
        {
            Scales = t.TryGetProperty("scale", out var scale) ? [scale.GetDouble()] : t.TryGetProperty("scales", out var scales) ? [.. scales.EnumerateArray().Select(static s => s.GetDouble())] : [],
            ZeroPoint = t.TryGetProperty("zero_point", out var zero) ? zero.GetInt32() : 0,
        };
    }
}
