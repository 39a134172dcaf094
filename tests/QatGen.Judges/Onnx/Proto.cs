using System.Buffers.Binary;
using Google.Protobuf;

namespace QatGen.Judges.Onnx;

/// <summary>The few messages of ONNX that are needed, by their field numbers in onnx.proto.</summary>
internal static class Proto
{
    /// <summary>Reads a TensorProto: dims 1, data_type 2, raw_data 9.</summary>
    public static OnnxTensor ReadTensor(byte[] message)
    {
        var (input, shape, type, raw) = (new CodedInputStream(message), new List<int>(), OnnxType.Float, Array.Empty<byte>());
        while (input.ReadTag() is var tag and not 0)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 1 when WireFormat.GetTagWireType(tag) == WireFormat.WireType.Varint:
                    shape.Add((int)input.ReadInt64());
                    break;
                case 2:
                    type = (OnnxType)input.ReadInt32();
                    break;
                case 9:
                    raw = input.ReadBytes().ToByteArray();
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return new([.. shape], type, Values(raw, type));
    }

    /// <summary>A model of one node: its initializers, inputs and output by name, type and shape.</summary>
    public static byte[] Model(OnnxNode node) => Message(m =>
    {
        m.Int(1, 10);
        m.Add(7, g =>
        {
            g.Add(1, n =>
            {
                Array.ForEach(node.Inputs, i => n.Text(1, i));
                n.Text(2, "y");
                n.Text(4, node.Op);
                foreach (var (name, value) in node.Attributes)
                {
                    n.Add(5, a => Attribute(a, name, value));
                }

                n.Text(7, node.Domain);
            });
            g.Text(2, "judge");
            foreach (var (name, tensor) in node.Tensors)
            {
                g.Add(11, v => ValueInfo(v, name, tensor.Type, tensor.Shape));
            }

            g.Add(12, v => ValueInfo(v, "y", node.Output, null));
        });
        foreach (var (domain, version) in new[] { ("", 21), ("com.microsoft", 1) })
        {
            m.Add(8, o =>
            {
                o.Text(1, domain);
                o.Int(2, version);
            });
        }
    });

    private static void Attribute(Writer a, string name, object value)
    {
        a.Text(1, name);
        switch (value)
        {
            case float f:
                a.Float(2, f);
                a.Int(20, 1);
                break;
            case int i:
                a.Int(3, i);
                a.Int(20, 2);
                break;
            case string s:
                a.Text(4, s);
                a.Int(20, 3);
                break;
            case int[] items:
                Array.ForEach(items, i => a.Int(8, i));
                a.Int(20, 7);
                break;
            default:
                throw new ArgumentException(value.GetType().Name, nameof(value));
        }
    }

    private static void ValueInfo(Writer v, string name, OnnxType type, int[]? shape)
    {
        v.Text(1, name);
        v.Add(2, t => t.Add(1, tensor =>
        {
            tensor.Int(1, (int)type);
            if (shape is not null)
            {
                tensor.Add(2, s => Array.ForEach(shape, d => s.Add(1, dim => dim.Int(1, d))));
            }
        }));
    }

    private static double[] Values(byte[] raw, OnnxType type)
    {
        var size = type switch { OnnxType.UInt8 or OnnxType.Int8 => 1, OnnxType.Int16 => 2, _ => 4 };
        return [.. Enumerable.Range(0, raw.Length / size).Select(i => (double)(type switch
        {
            OnnxType.UInt8 => raw[i],
            OnnxType.Int8 => (sbyte)raw[i],
            OnnxType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(raw.AsSpan(i * size)),
            OnnxType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(raw.AsSpan(i * size)),
            _ => BinaryPrimitives.ReadSingleLittleEndian(raw.AsSpan(i * size)),
        }))];
    }

    private static byte[] Message(Action<Writer> write)
    {
        using var stream = new MemoryStream();
        using var output = new CodedOutputStream(stream);
        write(new(output));
        output.Flush();
        return stream.ToArray();
    }

    private sealed class Writer(CodedOutputStream output)
    {
        public void Int(int field, long value)
        {
            output.WriteTag(field, WireFormat.WireType.Varint);
            output.WriteInt64(value);
        }

        public void Float(int field, float value)
        {
            output.WriteTag(field, WireFormat.WireType.Fixed32);
            output.WriteFloat(value);
        }

        public void Text(int field, string value)
        {
            output.WriteTag(field, WireFormat.WireType.LengthDelimited);
            output.WriteString(value);
        }

        public void Add(int field, Action<Writer> message)
        {
            output.WriteTag(field, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(Message(message)));
        }
    }
}
