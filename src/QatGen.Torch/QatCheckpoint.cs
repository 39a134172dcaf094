using System.Runtime.InteropServices;
using QatGen.Files;
using QatGen.Torch.Quantizers;
using static TorchSharp.torch;

namespace QatGen.Torch;

/// <summary>The <c>.qat</c> file: every parameter and buffer of a QAT model by name, float32, and the integer type of each activation, without which a scale says nothing.</summary>
public static class QatCheckpoint
{
    private const string Magic = "QGQT";
    private const int Version = 2;

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
        Container.Save(path, Magic, Version, [("state", memory.ToArray()), ("types", Bytes(Types(model)))]);
    }

    /// <summary>Reads a state into the model, all of it or, with every mismatch listed, nothing.</summary>
    public static void Load(this IQatModule model, string path)
    {
        var sections = Container.Load(path, Magic, Version);
        var (saved, types) = Container.Guard(path, () => (Read(sections["state"]), sections.TryGetValue("types", out var section) ? ReadTypes(section) : []));
        var state = model.Model.Module.state_dict();
        var violations = state.Keys.Except(saved.Keys).Select(static k => Violation.Of(QuantizationRules.ParameterMissing, Layer(k), k))
            .Concat(Differences(types, Types(model)))
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

    /// <summary>The type of each activation by the name of its quantizer.</summary>
    private static Dictionary<string, DType> Types(IQatModule model) =>
        model.Model.Module.named_modules().Where(static m => m.module is OutputQuantizer).ToDictionary(static m => m.name, static m => ((OutputQuantizer)m.module).DType);

    /// <summary>Activations of another type than the model's; a file of version 1 knows of qint8 only.</summary>
    private static IEnumerable<Violation> Differences(Dictionary<string, DType> saved, Dictionary<string, DType> own) =>
        from activation in own
        let type = saved.GetValueOrDefault(activation.Key, DType.QInt8)
        where type != activation.Value
        select Violation.Of(QuantizationRules.TypeDiffers, Layer(activation.Key), Layer(activation.Key), type.Name(), activation.Value.Name());

    private static byte[] Bytes(Dictionary<string, DType> types)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        writer.WriteList(types.OrderBy(static t => t.Key, StringComparer.Ordinal).ToSeq(), t =>
        {
            writer.Write(t.Key);
            writer.Write((byte)t.Value);
        });
        writer.Flush();
        return memory.ToArray();
    }

    private static Dictionary<string, DType> ReadTypes(byte[] section)
    {
        using var reader = new BinaryReader(new MemoryStream(section));
        return reader.ReadList(() => (Key: reader.ReadString(), Type: (DType)reader.ReadByte())).ToDictionary(static t => t.Key, static t => t.Type);
    }

    private static byte[] Raw(Tensor tensor)
    {
        using var contiguous = tensor.detach().contiguous();
        return contiguous.bytes.ToArray();
    }

    private static string Layer(string key) => key[..Math.Max(0, key.LastIndexOf('.'))];
}
