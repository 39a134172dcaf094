using System.Runtime.InteropServices;
using QatGen.Files;
using static TorchSharp.torch;

namespace QatGen.Torch.Persistence;

/// <summary>Files of the versions 1 and 2: float32 tensors, and from version 2 the type of each activation; before, all were qint8.</summary>
internal static class OldCheckpoint
{
    public static (Dictionary<string, Tensor> State, QatCheckpointInfo Info) Read(IReadOnlyDictionary<string, byte[]> sections)
    {
        var types = sections.TryGetValue("types", out var section) ? Types(section) : null;
        return (State(sections["state"]), new(types is null ? 1 : 2, "", null, types ?? [], new Dictionary<string, int>(), new Dictionary<string, string>()));
    }

    private static Dictionary<string, Tensor> State(byte[] section)
    {
        using var reader = new BinaryReader(new MemoryStream(section));
        var state = new Dictionary<string, Tensor>();
        for (var count = reader.ReadInt32(); count > 0; count--)
        {
            var key = reader.ReadString();
            var shape = reader.ReadList(reader.ReadInt64).ToArray();
            var elements = shape.Aggregate(1L, static (n, d) => checked(n * d));
            var bytes = reader.ReadBytes(checked((int)(elements * sizeof(float))));
            state.Add(key, bytes.Length == elements * sizeof(float) ? tensor(MemoryMarshal.Cast<byte, float>(bytes).ToArray(), shape) : throw new EndOfStreamException());
        }

        return state;
    }

    private static Dictionary<string, DType> Types(byte[] section)
    {
        using var reader = new BinaryReader(new MemoryStream(section));
        return reader.ReadList(() => (Key: reader.ReadString(), Type: (DType)reader.ReadByte())).ToDictionary(static t => t.Key, static t => t.Type);
    }
}
