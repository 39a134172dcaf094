using static TorchSharp.torch;

namespace QatGen.Torch.Persistence;

/// <summary>One tensor of a safetensors file: its bytes are those from <paramref name="Begin"/> to <paramref name="End"/> behind the header.</summary>
internal sealed record SafetensorsEntry(string Name, ScalarType Type, long[] Shape, long Begin, long End)
{
    private static readonly (string Name, ScalarType Type, int Size)[] Types =
    [
        ("F64", ScalarType.Float64, 8), ("F32", ScalarType.Float32, 4), ("F16", ScalarType.Float16, 2), ("BF16", ScalarType.BFloat16, 2),
        ("I64", ScalarType.Int64, 8), ("I32", ScalarType.Int32, 4), ("I16", ScalarType.Int16, 2), ("I8", ScalarType.Int8, 1), ("U8", ScalarType.Byte, 1), ("BOOL", ScalarType.Bool, 1),
    ];

    /// <summary>The names of the types that are read and written.</summary>
    public static string TypeNames => string.Join(", ", Types.Select(static t => t.Name));

    /// <summary>The type of a name; null where it is none of <see cref="TypeNames"/>.</summary>
    public static ScalarType? TypeOf(string name) => Array.Find(Types, t => t.Name == name) is { Name: not null } found ? found.Type : null;

    /// <summary>The name of a type; null where the format has none that is written.</summary>
    public static string? NameOf(ScalarType type) => Array.Find(Types, t => t.Type == type).Name;

    /// <summary>Bytes of one element.</summary>
    public static int SizeOf(ScalarType type) => Array.Find(Types, t => t.Type == type).Size;
}
