namespace QatGen.Files;

/// <summary>A signature as bytes, the same in every file that holds a program.</summary>
public static class SignatureFormat
{
    public static void Write(BinaryWriter writer, Signature signature)
    {
        writer.Write(signature.Name);
        writer.Write((int)signature.March);
        Write(writer, signature.Inputs);
        Write(writer, signature.Outputs);
    }

    /// <summary>Reads what <see cref="Write(BinaryWriter, Signature)"/> wrote; throws <see cref="InvalidDataException"/> for values that no signature has.</summary>
    public static Signature Read(BinaryReader reader)
    {
        var name = reader.ReadString();
        var march = (March)reader.ReadInt32();
        return Enum.IsDefined(typeof(March), march) ? new(name, march, ReadSpecs(reader), ReadSpecs(reader)) : throw new InvalidDataException($"march {(int)march} is not known");
    }

    private static void Write(BinaryWriter writer, Seq<TensorSpec> specs)
    {
        writer.Write(specs.Count);
        foreach (var spec in specs)
        {
            writer.Write(spec.Name);
            writer.Write((byte)spec.DType);
            writer.WriteList(spec.Shape, writer.Write);
            writer.WriteList(spec.Scales, writer.Write);
        }
    }

    private static Seq<TensorSpec> ReadSpecs(BinaryReader reader) => reader.ReadList(() =>
    {
        var name = reader.ReadString();
        var type = (DType)reader.ReadByte();
        var (shape, scales) = (reader.ReadList(reader.ReadInt32), reader.ReadList(reader.ReadDouble));
        var fits = Enum.IsDefined(typeof(DType), type) && shape.Count > 0 && shape.All(static d => d > 0) && scales.Count > 0 && scales.All(static s => s > 0 && !double.IsInfinity(s));
        return fits ? new TensorSpec(name, shape, type, scales) : throw new InvalidDataException($"the shape, type or scale of '{name}' is not valid");
    });
}
