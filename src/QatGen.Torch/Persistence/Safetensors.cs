using QatGen.Files;
using static TorchSharp.torch;

namespace QatGen.Torch.Persistence;

/// <summary>
/// Tensors by name in the safetensors format, by which PyTorch's state dictionaries come in and go out: F64, F32, F16, BF16, I64, I32, I16, I8, U8 and BOOL.
/// Data goes from and to the file piece by piece; a file is replaced only when all of the new one is written.
/// </summary>
public static class Safetensors
{
    private const int PieceElements = 1 << 20;

    /// <summary>The tensors of a file, of the file's own types, on the CPU; the caller's dispose scope owns them.</summary>
    public static Dictionary<string, Tensor> Load(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream, path).Tensors;
    }

    /// <summary>The texts that a file says of itself.</summary>
    public static IReadOnlyDictionary<string, string> LoadMetadata(string path)
    {
        using var stream = File.OpenRead(path);
        return SafetensorsHeader.Read(stream, path).Metadata;
    }

    /// <summary>Writes tensors and, where given, texts about them.</summary>
    public static void Save(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var header = SafetensorsHeader.Of(tensors, metadata);
        AtomicFile.Write(path, stream => Write(stream, header, tensors));
    }

    internal static void Write(Stream stream, SafetensorsHeader header, IReadOnlyDictionary<string, Tensor> tensors)
    {
        header.Write(stream);
        foreach (var entry in header.Entries)
        {
            using var scope = NewDisposeScope();
            ForPieces(tensors[entry.Name].detach().cpu().contiguous(), piece => stream.Write(piece.bytes));
        }
    }

    internal static (Dictionary<string, Tensor> Tensors, IReadOnlyDictionary<string, string> Metadata) Read(Stream stream, string path)
    {
        var header = SafetensorsHeader.Read(stream, path);
        var tensors = new Dictionary<string, Tensor>();
        using var scope = NewDisposeScope();
        foreach (var entry in header.Entries.OrderBy(static e => e.Begin))
        {
            var tensor = empty(entry.Shape, entry.Type);
            ForPieces(tensor, piece =>
            {
                stream.ReadExactly(piece.bytes);
                if (entry.Type == ScalarType.Bool && piece.bytes.ContainsAnyExceptInRange((byte)0, (byte)1))
                {
                    throw SafetensorsHeader.Damaged(path, entry.Name, "holds truth values other than 0 and 1");
                }
            });
            tensors.Add(entry.Name, tensor);
        }

        return (tensors.ToDictionary(static t => t.Key, static t => t.Value.MoveToOuterDisposeScope()), header.Metadata);
    }

    /// <summary>Visits a contiguous tensor in parts whose bytes an array can hold.</summary>
    private static void ForPieces(Tensor tensor, Action<Tensor> visit)
    {
        var flat = tensor.reshape(-1);
        for (var start = 0L; start < flat.numel(); start += PieceElements)
        {
            using var piece = flat.narrow(0, start, Math.Min(PieceElements, flat.numel() - start));
            visit(piece);
        }
    }
}
