using System.Buffers.Binary;
using System.IO.Compression;

namespace QuickStart;

/// <summary>Images [Count, 28, 28] as bytes and their labels 0..9, read from the original IDX files.</summary>
public sealed record FashionMnist(byte[] Images, byte[] Labels)
{
    public const int Side = 28;
    public const int Pixels = Side * Side;

    /// <summary>Mean and standard deviation of the training pixels / 255.</summary>
    public const float Mean = 0.28604060f;
    public const float Deviation = 0.35302424f;

    private const int ImagesMagic = 2051;
    private const int LabelsMagic = 2049;

    public int Count => Labels.Length;

    public static (FashionMnist Train, FashionMnist Test) Load(string folder) => (LoadPart(folder, "train"), LoadPart(folder, "t10k"));

    private static FashionMnist LoadPart(string folder, string part)
    {
        var images = ReadIdx(Path.Combine(folder, part + "-images-idx3-ubyte.gz"), ImagesMagic, 3);
        var labels = ReadIdx(Path.Combine(folder, part + "-labels-idx1-ubyte.gz"), LabelsMagic, 1);
        return images.Length == labels.Length * Pixels && Array.TrueForAll(labels, static l => l < 10)
            ? new(images, labels)
            : throw new InvalidDataException($"The images and labels of '{part}' in {folder} do not belong together. Fetch the four files again.");
    }

    /// <summary>The bytes after an IDX header: magic, then one big-endian size per dimension.</summary>
    private static byte[] ReadIdx(string path, int magic, int dimensions)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path} is missing. --data names the folder with the four Fashion-MNIST .gz files.", path);
        }

        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress))
        {
            gzip.CopyTo(memory);
        }

        var bytes = memory.ToArray();
        var header = 4 * (1 + dimensions);
        if (bytes.Length < header || BinaryPrimitives.ReadInt32BigEndian(bytes) != magic)
        {
            throw new InvalidDataException($"{path} is not an IDX file of {dimensions} dimensions. Fetch it again.");
        }

        var size = Enumerable.Range(1, dimensions).Aggregate(1L, (n, i) => n * BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(4 * i)));
        return bytes.Length - header == size ? bytes[header..] : throw new InvalidDataException($"{path} is truncated. Fetch it again.");
    }
}
