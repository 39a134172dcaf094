using QatGen.Arithmetic;
using QatGen.Files;
using QatGen.Kernels.Reference;
using QatGen.Primitives;

namespace QatGen.Kernels.Tests;

public sealed class ProgramFormatTests
{
    private static readonly Rule[] FileErrors = [FileRules.WrongKind, FileRules.NewerVersion, FileRules.Damaged, FileRules.Malformed];
    private static readonly FixedPointProgram Every = EveryPrimitive();
    private static readonly byte[] File = ProgramFormat.Write(Every.Record());

    [Fact]
    public void Read_WhatWasWritten_IsTheSameGraph()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var graph = RandomProgram.Create(seed).Record();
            Assert.Equal(graph, ProgramFormat.Read(ProgramFormat.Write(graph), "f"));
        }

        Assert.Equal(Every.Record(), ProgramFormat.Read(File, "f"));
    }

    [Fact]
    public void Read_EveryTruncation_IsAFileError()
    {
        for (var length = 0; length < File.Length; length++)
        {
            AssertFileError(File[..length]);
        }
    }

    [Fact]
    public void Read_EveryFlippedBit_IsAFileError()
    {
        for (var bit = 0; bit < File.Length * 8; bit++)
        {
            AssertFileError(Flipped(File, bit));
        }
    }

    /// <summary>Behind a correct checksum any program may stand; a wrong one is refused, or it runs without a crash.</summary>
    [Fact]
    public void Read_EveryFlippedBitWithMatchingChecksums_IsAnErrorOrAProgramThatRuns()
    {
        var section = Container.Read(File, "f", ProgramFormat.Magic, ProgramFormat.Version)["program"];
        var refused = 0;
        for (var bit = 0; bit < section.Length * 8; bit++)
        {
            try
            {
                var program = new FixedPointProgram(ProgramFormat.Read(Container.Write(ProgramFormat.Magic, ProgramFormat.Version, [("program", Flipped(section, bit))]), "f"));
                if (program.Signature.Inputs.Sum(static i => (long)i.FrameSize) < 10_000)
                {
                    program.RunAll([.. program.Signature.Inputs.Select(static i => new QTensor(i.WithBatch(1), i.DType, new int[i.FrameSize], 1))]);
                }
            }
            catch (QatGenException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, section.Length, (section.Length * 8) - 1);
    }

    [Fact]
    public void Read_EveryTruncationWithMatchingChecksums_IsAFileError()
    {
        var section = Container.Read(File, "f", ProgramFormat.Magic, ProgramFormat.Version)["program"];
        for (var length = 0; length < section.Length; length++)
        {
            AssertFileError(Container.Write(ProgramFormat.Magic, ProgramFormat.Version, [("program", section[..length])]));
        }

        AssertFileError(Container.Write(ProgramFormat.Magic, ProgramFormat.Version, [("program", [.. section, 0])]));
        AssertFileError(Container.Write(ProgramFormat.Magic, ProgramFormat.Version, [("other", section)]));
    }

    [Fact]
    public void Read_ProgramThatNoModelIs_IsAFileError()
    {
        var graph = Every.Record();
        var conv = graph.Nodes.OfType<IntNode.Conv>().First();
        var nothing = graph with { Signature = graph.Signature with { Inputs = Seq<TensorSpec>.Empty, Outputs = Seq<TensorSpec>.Empty }, Nodes = Seq<IntNode>.Empty, Outputs = Seq<int>.Empty };
        IntGraph[] wrong =
        [
            nothing,
            graph with { Outputs = new(0, 1) },
            graph with { Nodes = graph.Nodes.Select(n => n == conv ? conv with { X = graph.Nodes.Count + 9 } : n).ToSeq() },
            graph with { Nodes = graph.Nodes.Select(n => n == conv ? conv with { Weight = conv.Bias } : n).ToSeq() },
            graph with { Nodes = graph.Nodes.Select(n => n == conv ? conv with { Geometry = conv.Geometry with { StrideH = 0 } } : n).ToSeq() },
            graph with { Constants = graph.Constants.Select(static c => c is RescaleConstant { Lanes: LaneKind.Input } r ? r with { Lanes = LaneKind.Channel } : c).ToSeq() },
            graph with { Constants = graph.Constants.Select(static c => c is RescaleConstant { IsPassThrough: false } r ? r with { Shifts = r.Shifts.Select(static _ => 53).ToSeq() } : c).ToSeq() },
        ];
        Assert.All(wrong, static g => AssertFileError(ProgramFormat.Write(g)));
    }

    [Fact]
    public void Read_NewerVersion_SaysSo() =>
        Assert.Equal(FileRules.NewerVersion, Error(Container.Write(ProgramFormat.Magic, ProgramFormat.Version + 1, [])).Rule);

    [Fact]
    public void Load_SavedModel_RunsIdentically()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "model.qgm");
            Every.Save(path);
            var inputs = RandomProgram.InputsFor(Every, 2, 1);
            var loaded = FixedPointProgram.Load(path);
            Assert.Equal(Every.Signature, loaded.Signature);
            foreach (var (expected, actual) in ReferenceRunner.Run(Every, inputs).Zip(loaded.RunAll(inputs)))
            {
                Assert.Equal(expected.Data, actual.Data);
                Assert.Equal(expected.Scale, actual.Scale);
            }

            Assert.Single(folder.GetFiles());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A small program with every kind of node and constant.</summary>
    private static FixedPointProgram EveryPrimitive()
    {
        var b = new ProgramBuilder(([2, 3, 4], DType.QInt8), ([2, 3, 4], DType.QInt16));
        var weight = new WeightConstant(new(3, 1, 1, 2), new(1, -2, 3, 4, -5, 6));
        var grouped = new WeightConstant(new(2, 1, 2, 2), new(1, -2, 3, 4, -5, 6, 7, -8));
        var x = b.Rescale([b.Inputs[0], b.Inputs[1]], 40, ClampRange.Relu);
        var y = b.Rescale([b.Conv(x, grouped, new(new(1, -1)), [0.5, 0.25], new(PadTop: 1, PadRight: 1, Groups: 2))], 100, ClampRange.None);
        var z = b.Concat([b.MaxPool(y, new(2, 2, PadH: 1, CeilMode: true)), b.MaxPool(y, new(2, 2, PadH: 1))], 90, 1);
        var average = b.Rescale([b.SumPool(b.Clamp(z, -10, 20), new(2, 2, PadH: 1, PadW: 1), new(IncludePad: false))], 50, ClampRange.None);
        var flat = b.Reshape(b.Reshape(b.Reshape(average, 0, -1), 0, -1, 1, 1), 0, 2, -1, 2);
        flat = b.Move(b.Move(flat, 3, new Movement.ConstantPad(new(1, 2))), new Movement.Slice(-1, 1, -2, 1));
        var logits = b.PassThrough(b.Conv(flat, weight with { Shape = new(3, 2, 1, 1) }, new(new(7, 8, 9)), [1, 2, 3], new()), ClampRange.None);
        var least = b.Reduce(b.Rescale([b.Mul(y, b.Reduce(y, new(ReduceKind.Maximum, new(1, -1))))], 100, ClampRange.None), new(ReduceKind.Minimum, new(2)));
        var chosen = b.Choose(ElementwiseKind.Select, [b.Compare(ElementwiseKind.Less, least, b.Literal(new(1, 4), DType.QInt8, new(1, 2, 3, 4))), least, least], 90, DType.QInt16);
        var product = b.MatMul(y, b.Move(y, new Movement.Transpose(-1, -2)));
        var ranked = b.Gather(y, b.TopK(y, new(-1, 2, IsSmallest: true)), new(3));
        var whole = b.Rescale([b.Round(ElementwiseKind.Round, y, 0.3)], 1, ClampRange.None);
        return b.Build(whole, logits, y, chosen, b.PassThrough(product, ClampRange.None), ranked, b.TopK(y, new(1, 0)));
    }

    private static byte[] Flipped(byte[] bytes, int bit)
    {
        var flipped = (byte[])bytes.Clone();
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }

    private static void AssertFileError(byte[] bytes) => Assert.Contains(Error(bytes).Rule, FileErrors);

    private static Violation Error(byte[] bytes) => Assert.Throws<QatGenException>(() => ProgramFormat.Read(bytes, "f")).Violations[0];
}
