using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Files;

/// <summary>A movement as bytes: its kind, then its arguments as their kind reads them.</summary>
internal static class MovementFormat
{
    // The tag is the place in this list: append, never reorder.
    private static readonly Seq<(Type Type, Func<BinaryReader, Movement> Read)> Kinds = new(
        (typeof(Movement.Permute), static r => new Movement.Permute(List(r))),
        (typeof(Movement.Transpose), static r => new Movement.Transpose(r.ReadInt32(), r.ReadInt32())),
        (typeof(Movement.MoveAxis), static r => new Movement.MoveAxis(r.ReadInt32(), r.ReadInt32())),
        (typeof(Movement.Slice), static r => new Movement.Slice(r.ReadInt32(), r.ReadInt32(), r.ReadInt32(), r.ReadInt32())),
        (typeof(Movement.Select), static r => new Movement.Select(r.ReadInt32(), r.ReadInt32())),
        (typeof(Movement.Section), static r => new Movement.Section(r.ReadInt32(), r.ReadInt32(), r.ReadInt32(), r.ReadBoolean())),
        (typeof(Movement.ConstantPad), static r => new Movement.ConstantPad(List(r))),
        (typeof(Movement.ReplicatePad), static r => new Movement.ReplicatePad(List(r))),
        (typeof(Movement.ReflectPad), static r => new Movement.ReflectPad(List(r))),
        (typeof(Movement.CircularPad), static r => new Movement.CircularPad(List(r))),
        (typeof(Movement.Spread), static r => new Movement.Spread(List(r))),
        (typeof(Movement.Repeat), static r => new Movement.Repeat(List(r))),
        (typeof(Movement.RepeatInterleave), static r => new Movement.RepeatInterleave(r.ReadInt32(), r.ReadInt32())),
        (typeof(Movement.Expand), static r => new Movement.Expand(List(r))),
        (typeof(Movement.Flip), static r => new Movement.Flip(List(r))),
        (typeof(Movement.Roll), static r => new Movement.Roll(r.ReadInt32(), r.ReadInt32())),
        (typeof(Movement.Unsqueeze), static r => new Movement.Unsqueeze(r.ReadInt32())),
        (typeof(Movement.Squeeze), static r => new Movement.Squeeze(r.ReadInt32())),
        (typeof(Movement.Merge), static r => new Movement.Merge(r.ReadInt32(), r.ReadInt32())),
        (typeof(Movement.Divide), static r => new Movement.Divide(r.ReadInt32(), List(r))),
        (typeof(Movement.PixelShuffle), static r => new Movement.PixelShuffle(r.ReadInt32())),
        (typeof(Movement.PixelUnshuffle), static r => new Movement.PixelUnshuffle(r.ReadInt32())),
        (typeof(Movement.ChannelShuffle), static r => new Movement.ChannelShuffle(r.ReadInt32())),
        (typeof(Movement.Pieces), static r => new Movement.Pieces(r.ReadInt32(), r.ReadInt32(), r.ReadInt32())),
        (typeof(Movement.Split), static r => new Movement.Split(r.ReadInt32(), List(r), r.ReadInt32())),
        (typeof(Movement.Nearest), static r => new Movement.Nearest(List(r), r.ReadDouble(), r.ReadDouble(), r.ReadDouble(), r.ReadBoolean())));

    private static readonly Dictionary<Type, byte> Tags = Kinds.Select(static (k, i) => (k.Type, Tag: (byte)i)).ToDictionary(static p => p.Type, static p => p.Tag);

    public static void Write(BinaryWriter writer, Movement movement)
    {
        writer.Write(Tags[movement.GetType()]);
        foreach (var argument in movement.Arguments)
        {
            switch (argument)
            {
                case Value.Integer i:
                    writer.Write((int)i.Number);
                    break;
                case Value.Real r:
                    writer.Write(r.Number);
                    break;
                case Value.Logical l:
                    writer.Write(l.Flag);
                    break;
                case Value.Items list:
                    writer.WriteList(list.Elements, e => writer.Write((int)((Value.Integer)e).Number));
                    break;
                default:
                    throw new InvalidOperationException(argument.GetType().Name);
            }
        }
    }

    public static Movement Read(BinaryReader reader)
    {
        var tag = reader.ReadByte();
        return tag < Kinds.Count ? Kinds[tag].Read(reader) : throw new InvalidDataException($"movement {tag} is not known");
    }

    private static Seq<int> List(BinaryReader reader) => reader.ReadList(reader.ReadInt32);
}
