using System.Runtime.InteropServices;
using QatGen.Files;
using static TorchSharp.torch;

namespace QatGen.Torch;

/// <summary>The <c>.qat</c> file: every parameter and buffer of a QAT model by name, float32.</summary>
public static class QatCheckpoint
{
    private const string Magic = "QGQT";
    private const int Version = 1;

    /// <summary>Writes the state; an existing file is replaced only by a complete one.</summary>
    public static void Save(this IQatModule model, string path)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        var state = model.Model.Module.state_dict();
        writer.Write(state.Count);
        foreach (var (key, value) in state.OrderBy(static p => p.Key, StringComparer.Ordinal))
        {
            writer.Write(key);
            writer.Write(value.shape.Length);
            Array.ForEach(value.shape, writer.Write);
            writer.Write(Raw(value));
        }

        writer.Flush();
        Container.Save(path, Magic, Version, [("state", memory.ToArray())]);
    }

    /// <summary>Reads a state into the model, all of it or, with every mismatch listed, nothing.</summary>
    public static void Load(this IQatModule model, string path)
    {
        var sections = Container.Load(path, Magic, Version);
        var saved = Container.Guard(path, () => Read(sections["state"]));
        var state = model.Model.Module.state_dict();
        var violations = state.Keys.Except(saved.Keys).Select(static k => Violation.Of(QuantizationRules.ParameterMissing, Layer(k), k))
            .Concat(saved.SelectMany(s => Check(s.Key, s.Value.Shape, s.Value.Data, state.GetValueOrDefault(s.Key))))
            .OrderBy(static v => v.Layer, StringComparer.Ordinal).ToArray();
        if (violations.Length > 0)
        {
            throw new QatGenException(violations);
        }

        foreach (var (key, value) in saved)
        {
            MemoryMarshal.AsBytes<float>(value.Data).CopyTo(state[key].bytes);
        }

        // VALIDATION takes its weight scales anew.
        model.Model.Session = new(model.Model.State);
    }

    private static IEnumerable<Violation> Check(string key, long[] shape, float[] data, Tensor? own)
    {
        if (own is null)
        {
            yield return Violation.Of(QuantizationRules.ParameterExtra, Layer(key), key);
        }
        else if (!own.shape.SequenceEqual(shape))
        {
            yield return Violation.Of(QuantizationRules.ParameterShape, Layer(key), key, $"[{string.Join(", ", shape)}]", $"[{string.Join(", ", own.shape)}]");
        }

        if (key.EndsWith(".scale", StringComparison.Ordinal))
        {
            if (Array.Exists(data, static v => !float.IsFinite(v) || v < 0))
            {
                yield return Violation.Of(QuantizationRules.WrongState, Layer(key), key, string.Join(", ", data));
            }
        }
        else if (Array.Exists(data, static v => !float.IsFinite(v)))
        {
            yield return Violation.Of(QuantizationRules.NotANumber, Layer(key), $"'{key}'");
        }
    }

    private static Dictionary<string, (long[] Shape, float[] Data)> Read(byte[] section)
    {
        using var reader = new BinaryReader(new MemoryStream(section));
        var state = new Dictionary<string, (long[], float[])>();
        for (var count = reader.ReadInt32(); count > 0; count--)
        {
            var key = reader.ReadString();
            var shape = new long[reader.ReadInt32()];
            for (var i = 0; i < shape.Length; i++)
            {
                shape[i] = reader.ReadInt64();
            }

            var bytes = reader.ReadBytes(checked((int)(shape.Aggregate(1L, static (n, d) => n * d) * sizeof(float))));
            var data = MemoryMarshal.Cast<byte, float>(bytes).ToArray();
            state.Add(key, data.Length == shape.Aggregate(1L, static (n, d) => n * d) ? (shape, data) : throw new EndOfStreamException());
        }

        return state;
    }

    private static byte[] Raw(Tensor tensor)
    {
        using var contiguous = tensor.detach().contiguous();
        return contiguous.bytes.ToArray();
    }

    private static string Layer(string key) => key[..Math.Max(0, key.LastIndexOf('.'))];
}
