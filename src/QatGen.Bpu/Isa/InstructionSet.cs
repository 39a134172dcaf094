using System.Reflection;

namespace QatGen.Bpu;

/// <summary>The instructions as bytes and as text, derived from the operands that each <see cref="Instruction"/> declares: an opcode byte, the common fields, then the operands in order.</summary>
internal static class InstructionSet
{
    // The opcode is the place in this list: append, never reorder.
    private static readonly Seq<Type> Kinds = new(
        typeof(Instruction.Load), typeof(Instruction.Store), typeof(Instruction.Conv), typeof(Instruction.DepthwiseConv),
        typeof(Instruction.MaxPool), typeof(Instruction.SumPool), typeof(Instruction.Rescale), typeof(Instruction.Reshape), typeof(Instruction.Move),
        typeof(Instruction.Elementwise), typeof(Instruction.Resize), typeof(Instruction.Reduce), typeof(Instruction.MatMul), typeof(Instruction.GridSample),
        typeof(Instruction.Lut), typeof(Instruction.TopK), typeof(Instruction.Gather), typeof(Instruction.Multiply));

    private static readonly Dictionary<Type, int> Opcodes = Kinds.Select(static (k, i) => (k, i)).ToDictionary(static p => p.k, static p => p.i);
    private static readonly Seq<OperandList> Codecs = Kinds.Select(static k => new OperandList(k)).ToSeq();
    private static readonly OperandList WaitsCodec = new(typeof(Waits));
    private static readonly OperandList RegionCodec = new(typeof(Region));

    public static void Write(BinaryWriter writer, Instruction instruction)
    {
        var opcode = Opcodes[instruction.GetType()];
        writer.Write((byte)opcode);
        writer.Write7BitEncodedInt(instruction.Layer);
        WaitsCodec.Write(writer, instruction.Waits);
        Codecs[opcode].Write(writer, instruction);
    }

    /// <summary>Reads one instruction; throws <see cref="InvalidDataException"/> for an opcode that does not exist.</summary>
    public static Instruction Read(BinaryReader reader)
    {
        var opcode = reader.ReadByte();
        if (opcode >= Codecs.Count)
        {
            throw new InvalidDataException($"opcode {opcode} does not exist");
        }

        var (layer, waits) = (reader.Read7BitEncodedInt(), (Waits)WaitsCodec.Read(reader));
        return (Instruction)Codecs[opcode].Read(reader) with { Layer = layer, Waits = waits };
    }

    public static void Write(BinaryWriter writer, Region region) => RegionCodec.Write(writer, region);

    public static Region ReadRegion(BinaryReader reader) => (Region)RegionCodec.Read(reader);

    public static IEnumerable<object> Operands(Instruction instruction) => Codecs[Opcodes[instruction.GetType()]].Values(instruction);

    public static string Disassemble(Instruction instruction)
    {
        var operands = Codecs[Opcodes[instruction.GetType()]].Names.Zip(Operands(instruction), static (n, v) => $"{n.ToLowerInvariant()} {v}");
        return $"{instruction.GetType().Name.ToUpperInvariant(),-13} {string.Join(", ", operands)}{(instruction.Waits == default ? "" : $"   ; waits {instruction.Waits}")}";
    }

    /// <summary>The operands of a record: its constructor's parameters.</summary>
    private sealed class OperandList
    {
        private static readonly Dictionary<Type, OperandList> Structs = new[] { typeof(Region), typeof(Window) }.ToDictionary(static t => t, static t => new OperandList(t));

        private readonly ConstructorInfo _constructor;
        private readonly Seq<PropertyInfo> _properties;

        public OperandList(Type type)
        {
            _constructor = type.GetConstructors().Single(static c => c.GetParameters().Length > 1);
            _properties = _constructor.GetParameters().Select(p => type.GetProperty(p.Name!)!).ToSeq();
        }

        public IEnumerable<string> Names => _properties.Select(static p => p.Name);

        public IEnumerable<object> Values(object record) => _properties.Select(p => p.GetValue(record)!);

        public void Write(BinaryWriter writer, object record)
        {
            foreach (var property in _properties)
            {
                WriteValue(writer, property.PropertyType, property.GetValue(record)!);
            }
        }

        public object Read(BinaryReader reader) => _constructor.Invoke([.. _properties.Select(p => ReadValue(reader, p.PropertyType))]);

        private static void WriteValue(BinaryWriter writer, Type type, object value)
        {
            if (type == typeof(int))
            {
                writer.Write7BitEncodedInt((int)value);
            }
            else if (type.IsEnum)
            {
                writer.Write((byte)(int)value);
            }
            else if (value is Seq<Region> list)
            {
                writer.Write7BitEncodedInt(list.Count);
                list.ToList().ForEach(region => Structs[typeof(Region)].Write(writer, region));
            }
            else
            {
                Structs[type].Write(writer, value);
            }
        }

        private static object ReadValue(BinaryReader reader, Type type) =>
            type == typeof(int) ? reader.Read7BitEncodedInt()
            : type.IsEnum ? ReadEnum(reader, type)
            : type == typeof(Seq<Region>) ? ReadRegions(reader)
            : Structs[type].Read(reader);

        private static object ReadEnum(BinaryReader reader, Type type)
        {
            var value = Enum.ToObject(type, reader.ReadByte());
            return Enum.IsDefined(type, value) ? value : throw new InvalidDataException($"{value} is not a {type.Name}");
        }

        private static object ReadRegions(BinaryReader reader)
        {
            var count = reader.Read7BitEncodedInt();
            return count >= 0 && count <= reader.BaseStream.Length - reader.BaseStream.Position
                ? Enumerable.Range(0, count).Select(_ => (Region)Structs[typeof(Region)].Read(reader)).ToSeq()
                : throw new InvalidDataException($"{count} terms do not fit into the file");
        }
    }
}
