using System.Text;
using QatGen.Files;

namespace QatGen.Bpu;

/// <summary>A program as the bytes of an .hbm file.</summary>
internal static class ProgramFormat
{
    public const string Magic = "QHBM";
    public const int Version = 1;

    public static byte[] Write(BpuProgram program) => Container.Write(Magic, Version, [
        ("signature", Section(w => SignatureFormat.Write(w, program.Signature))),
        ("memory", Section(w => Write(w, program.Memory))),
        ("layers", Section(w => w.WriteList(program.Layers, l => Write(w, l)))),
        ("code", Section(w => w.WriteList(program.Instructions, i => InstructionSet.Write(w, i)))),
        ("constants", program.Constants)]);

    public static BpuProgram Read(byte[] file, string name)
    {
        var sections = Container.Read(file, name, Magic, Version);
        var program = Container.Guard(name, () => new BpuProgram(
            Section(sections["signature"], SignatureFormat.Read),
            Section(sections["memory"], ReadMemory),
            Section(sections["layers"], static r => r.ReadList(() => new ProgramLayer(r.ReadString(), r.ReadInt64()))),
            Section(sections["code"], static r => r.ReadList(() => InstructionSet.Read(r))),
            sections["constants"]));
        program.Verify();
        return program;
    }

    private static void Write(BinaryWriter writer, MemoryMap memory)
    {
        writer.Write(memory.Batch);
        writer.Write(memory.SramBytes);
        writer.Write(memory.WorkspaceBytes);
        writer.WriteList(memory.Inputs, b => Write(writer, b));
        writer.WriteList(memory.Outputs, b => Write(writer, b));
    }

    private static MemoryMap ReadMemory(BinaryReader reader) =>
        new(reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadList(() => ReadBinding(reader)), reader.ReadList(() => ReadBinding(reader)));

    private static void Write(BinaryWriter writer, ProgramLayer layer)
    {
        writer.Write(layer.Name);
        writer.Write(layer.Macs);
    }

    private static void Write(BinaryWriter writer, Binding binding)
    {
        InstructionSet.Write(writer, binding.Frame);
        writer.Write(binding.FrameBytes);
    }

    private static Binding ReadBinding(BinaryReader reader) => new(InstructionSet.ReadRegion(reader), reader.ReadInt32());

    private static byte[] Section(Action<BinaryWriter> write)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory, Encoding.UTF8);
        write(writer);
        writer.Flush();
        return memory.ToArray();
    }

    /// <summary>Reads a section to its end; bytes that are left over are damage.</summary>
    private static T Section<T>(byte[] bytes, Func<BinaryReader, T> read)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        var result = read(reader);
        return reader.BaseStream.Position == bytes.Length ? result : throw new InvalidDataException("a section is longer than its content");
    }
}
