using QatGen.Arithmetic;
using QatGen.Primitives;

namespace QatGen.Files;

/// <summary>The integer program as bytes: the <c>.qgm</c> file is a <see cref="Container"/> with one section of it.</summary>
public static class ProgramFormat
{
    public const string Magic = "QGMP";
    public const int Version = 1;
    private const string Section = "program";
    private const int LargestNumber = 1 << 16;

    private enum Tag : byte
    {
        Conv,
        Rescale,
        Clamp,
        MaxPool,
        SumPool,
        Concat,
        Reshape,
        Move,
        Constant,
        Mul,
        Elementwise,
        Resize,
        Reduce,
        MatMul,
        GridSample,
        Lut,
        TopK,
        Gather,
    }

    /// <summary>Writes the file whole or, when anything fails, not at all.</summary>
    public static void Save(IntGraph graph, string path) => Container.Save(path, Magic, Version, [(Section, Bytes(graph))]);

    /// <summary>Reads and verifies a file; anything but an undamaged program of a known version breaks one of <see cref="FileRules"/>.</summary>
    public static IntGraph Load(string path) => Read(AtomicFile.Read(path), path);

    /// <summary>The whole file in memory, as <see cref="Read"/> takes it.</summary>
    public static byte[] Write(IntGraph graph) => Container.Write(Magic, Version, [(Section, Bytes(graph))]);

    /// <summary>Reads what <see cref="Write(IntGraph)"/> wrote; <paramref name="name"/> is for messages.</summary>
    public static IntGraph Read(byte[] bytes, string name)
    {
        var sections = Container.Read(bytes, name, Magic, Version);
        var graph = Container.Guard(name, () => Graph(sections[Section]));
        graph.Verify();
        return graph;
    }

    private static byte[] Bytes(IntGraph graph)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        SignatureFormat.Write(writer, graph.Signature);
        writer.WriteList(graph.Constants, c => ConstantFormat.Write(writer, c));
        writer.WriteList(graph.Nodes, n => Write(writer, n));
        writer.WriteList(graph.Outputs, writer.Write);
        writer.Flush();
        return memory.ToArray();
    }

    private static IntGraph Graph(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        var signature = SignatureFormat.Read(reader);
        if (signature.Inputs.Count == 0 || signature.Outputs.Count == 0)
        {
            throw new InvalidDataException("the program has no input or no output");
        }

        var constants = reader.ReadList(() => ConstantFormat.Read(reader));
        var nodes = reader.ReadList(() => ReadNode(reader));
        var outputs = reader.ReadList(reader.ReadInt32);
        var wrong = nodes.FirstOrDefault(n => !ConstantsFit(n, constants));
        return wrong is not null ? throw new InvalidDataException($"a constant of '{wrong.Layer}' does not belong to it")
            : reader.BaseStream.Position == bytes.Length ? new(signature, constants, nodes, outputs)
            : throw new InvalidDataException("there are bytes after the program");
    }

    /// <summary>What <see cref="IntGraph.Verify"/> takes for granted because only conversion makes constants: output channels fill the groups, a concatenation has a lane per part.</summary>
    private static bool ConstantsFit(IntNode node, Seq<Constant> constants) => node switch
    {
        IntNode.Conv n => At(constants, n.Weight) is not WeightConstant w || w.OutputChannels % n.Geometry.Groups == 0,
        IntNode.Concat n => At(constants, n.Constant) is not RescaleConstant r || (r.Lanes == LaneKind.Input && r.Terms == 1),
        IntNode.Rescale n => At(constants, n.Constant) is not RescaleConstant r || r.Lanes != LaneKind.Input,
        IntNode.Elementwise n => At(constants, n.Numbers) is not RescaleConstant r || (r.Lanes == LaneKind.Input && r.Terms == 1),
        _ => true,
    };

    private static Constant? At(Seq<Constant> constants, int id) => id >= 0 && id < constants.Count ? constants[id] : null;

    private static void Write(BinaryWriter writer, IntNode node)
    {
        writer.Write(node.Layer);
        switch (node)
        {
            case IntNode.Conv n:
                var g = n.Geometry;
                Numbers(Tag.Conv, n.X, n.Weight, n.Bias, g.StrideH, g.StrideW, g.PadTop, g.PadLeft, g.PadBottom, g.PadRight, g.DilationH, g.DilationW, g.Groups, g.Rank);
                break;
            case IntNode.Rescale n:
                Numbers(Tag.Rescale, n.Constant);
                writer.WriteList(n.Terms, writer.Write);
                break;
            case IntNode.Clamp n:
                Numbers(Tag.Clamp, n.X, n.Limits);
                break;
            case IntNode.MaxPool n:
                Numbers(Tag.MaxPool, n.X);
                Write(writer, n.Geometry);
                break;
            case IntNode.SumPool n:
                Numbers(Tag.SumPool, n.X);
                Write(writer, n.Geometry);
                writer.Write(n.Count.IncludePad);
                writer.Write(n.Count.DivisorOverride);
                break;
            case IntNode.Concat n:
                Numbers(Tag.Concat, n.Constant, n.Axis);
                writer.WriteList(n.Parts, writer.Write);
                break;
            case IntNode.Lut n:
                Numbers(Tag.Lut, n.X, n.Table);
                break;
            case IntNode.Reshape n:
                Numbers(Tag.Reshape, n.X);
                writer.WriteList(n.Shape, writer.Write);
                break;
            case IntNode.Move n:
                Numbers(Tag.Move, n.X, n.Fill);
                MovementFormat.Write(writer, n.Movement);
                break;
            case IntNode.Literal n:
                Numbers(Tag.Constant, n.Tensor);
                break;
            case IntNode.Mul n:
                Numbers(Tag.Mul, n.X, n.Y);
                break;
            case IntNode.Elementwise n:
                Numbers(Tag.Elementwise, (int)n.Kind, n.Numbers);
                writer.WriteList(n.Operands, writer.Write);
                break;
            case IntNode.GridSample n:
                Numbers(Tag.GridSample, n.X, n.Grid, n.Constant);
                Array.ForEach([n.Mode.IsNearest, n.Mode.RepeatsBorder, n.Mode.AlignCorners], writer.Write);
                break;
            case IntNode.Resize n:
                Numbers(Tag.Resize, n.X);
                writer.WriteList(n.Geometry.Sizes, writer.Write);
                writer.WriteList(n.Geometry.Factors, writer.Write);
                writer.Write(n.Geometry.AlignCorners);
                writer.Write(n.Geometry.Recompute);
                break;
            case IntNode.MatMul n:
                Numbers(Tag.MatMul, n.X, n.Y);
                break;
            case IntNode.Reduce n:
                Numbers(Tag.Reduce, n.X, (int)n.Reduction.Kind);
                writer.WriteList(n.Reduction.Axes, writer.Write);
                break;
            case IntNode.TopK n:
                Numbers(Tag.TopK, n.X, n.Ranking.Axis, n.Ranking.Count);
                writer.Write(n.Ranking.IsSmallest);
                break;
            case IntNode.Gather n:
                Numbers(Tag.Gather, n.Data, n.Index, n.Gathering.Axis);
                writer.Write(n.Gathering.Repeats);
                break;
            default:
                throw new InvalidOperationException(node.GetType().Name);
        }

        void Numbers(Tag tag, params int[] numbers)
        {
            writer.Write((byte)tag);
            Array.ForEach(numbers, writer.Write);
        }
    }

    private static void Write(BinaryWriter writer, PoolGeometry g)
    {
        Array.ForEach([g.KernelH, g.KernelW, g.StrideH, g.StrideW, g.PadH, g.PadW, g.DilationH, g.DilationW, g.AdaptiveH, g.AdaptiveW, g.Rank], writer.Write);
        writer.Write(g.CeilMode);
    }

    private static IntNode ReadNode(BinaryReader reader)
    {
        var layer = reader.ReadString();
        var tag = (Tag)reader.ReadByte();
        return tag switch
        {
            Tag.Conv => new IntNode.Conv(Id(), Id(), Id(), new(Positive(), Positive(), Number(), Number(), Number(), Number(), Positive(), Positive(), Positive(), Number()), layer),
            Tag.Rescale when Id() is var constant => new IntNode.Rescale(reader.ReadList(Id), constant, layer),
            Tag.Clamp => new IntNode.Clamp(Id(), Id(), layer),
            Tag.MaxPool => new IntNode.MaxPool(Id(), ReadPool(), layer),
            Tag.SumPool => new IntNode.SumPool(Id(), ReadPool(), new(reader.ReadBoolean(), Number()), layer),
            Tag.Concat when (Constant: Id(), Axis: Number()) is var (constant, axis) => new IntNode.Concat(reader.ReadList(Id), constant, axis, layer),
            Tag.Lut => new IntNode.Lut(Id(), Id(), layer),
            Tag.Reshape => new IntNode.Reshape(Id(), reader.ReadList(Size), layer),
            Tag.Move => new IntNode.Move(Id(), Id(), MovementFormat.Read(reader), layer),
            Tag.Constant => new IntNode.Literal(Id(), layer),
            Tag.Mul => new IntNode.Mul(Id(), Id(), layer),
            Tag.Elementwise when (Kind: Kind<ElementwiseKind>(), Constant: Id()) is var (kind, constant) => new IntNode.Elementwise(kind, reader.ReadList(Id), constant, layer),
            Tag.GridSample => new IntNode.GridSample(Id(), Id(), Id(), new(reader.ReadBoolean(), reader.ReadBoolean(), reader.ReadBoolean()), layer),
            Tag.Resize => new IntNode.Resize(Id(), new(reader.ReadList(Number), reader.ReadList(reader.ReadDouble), reader.ReadBoolean(), reader.ReadBoolean()), layer),
            Tag.MatMul => new IntNode.MatMul(Id(), Id(), layer),
            Tag.Reduce => new IntNode.Reduce(Id(), new(Kind<ReduceKind>(), reader.ReadList(reader.ReadInt32)), layer),
            Tag.TopK => new IntNode.TopK(Id(), new(Id(), Id(), reader.ReadBoolean()), layer),
            Tag.Gather => new IntNode.Gather(Id(), Id(), new(Id(), reader.ReadBoolean()), layer),
            _ => throw new InvalidDataException($"primitive {(int)tag} is not known"),
        };

        int Id() => reader.ReadInt32();

        int Number() => reader.ReadInt32() is >= 0 and < LargestNumber and var number ? number : throw new InvalidDataException($"a number of '{layer}' is out of range");

        T Kind<T>()
            where T : struct, Enum => (T)Enum.ToObject(typeof(T), reader.ReadInt32()) is var kind && Enum.IsDefined(typeof(T), kind) ? kind : throw new InvalidDataException($"the kind of '{layer}' is not known");

        int Size() => reader.ReadInt32() is >= -1 and var size ? size : throw new InvalidDataException($"the shape of '{layer}' is not valid");

        int Positive() => Number() is > 0 and var number ? number : throw new InvalidDataException($"a number of '{layer}' is zero");

        PoolGeometry ReadPool()
        {
            var pool = new PoolGeometry(Number(), Number(), Positive(), Positive(), Number(), Number(), Positive(), Positive(), AdaptiveH: Number(), AdaptiveW: Number(), Rank: Number());
            pool = pool with { CeilMode = reader.ReadBoolean() };
            var fits = pool.IsAdaptive ? pool == PoolGeometry.Adaptive(pool.AdaptiveH, Math.Max(1, pool.AdaptiveW), pool.Rank)
                : pool.IsGlobal ? pool == (PoolGeometry.Global with { Rank = pool.Rank })
                : pool.AdaptiveW == 0 && pool.KernelW > 0 && 2 * pool.PadH <= pool.KernelH && 2 * pool.PadW <= pool.KernelW;
            return fits ? pool : throw new InvalidDataException($"the window of '{layer}' is not valid");
        }
    }
}
