using QatGen.Arithmetic;
using QatGen.Primitives;

namespace QatGen.Bpu.Tests;

public sealed class InstructionSetTests
{
    private static readonly Random Random = new(1);

    private static readonly Instruction[] OneOfEach = [
        new Instruction.Load(Box(), Box()),
        new Instruction.Store(Box(), Box()),
        new Instruction.Conv(Box(), Box(), 77, 88, Some()),
        new Instruction.DepthwiseConv(Box(), Box(), 1 << 30, 0, Some()),
        new Instruction.MaxPool(Box(), Box(), Some() with { PadTop = -3 }),
        new Instruction.SumPool(Box(), Box(), Some()),
        new Instruction.Rescale(new(Box(), Box(), Box()), Box(), 5, LaneKind.Position, 9, 128),
        new Instruction.Reshape(Box(), Box()),
        new Instruction.Move(Box(), Box(), 4, 1 << 20, 12, 3, 0, -128),
        new Instruction.Elementwise(ElementwiseKind.Select, new(Box(), Box(), Box()), Box(), 16),
        new Instruction.Resize(Box(), Box(), 4, 1 << 20, 4, 255, 3),
        new Instruction.Reduce(ReduceKind.Minimum, Box(), Box()),
        new Instruction.MatMul(Box(), Box(), Box(), 3),
        new Instruction.GridSample(MemoryKind.Ddr, Box(), Box(), Box(), SampleKind.NearestBorder, 77, int.MaxValue, 30, 16),
        new Instruction.Lut(Box(), Box(), 12),
        new Instruction.TopK(RankOrder.Smallest, Box(), Box(), 5),
        new Instruction.Gather(MemoryKind.Ddr, Box(), Box(), Box(), 4, 1 << 20, 12, 16, 77),
        new Instruction.Multiply(Box(), Box(), Box())];

    [Fact]
    public void ReadAndWrite_EveryInstruction_AreInverse()
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        var written = OneOfEach.Select((i, n) => i with { Layer = n * 100, Waits = new(n, 0, 1 << 20, n) }).ToArray();
        Array.ForEach(written, i => InstructionSet.Write(writer, i));
        memory.Position = 0;
        using var reader = new BinaryReader(memory);
        Assert.Equal(written, written.Select(_ => InstructionSet.Read(reader)));
        Assert.Equal(memory.Length, memory.Position);
    }

    [Fact]
    public void OneOfEach_IsEveryInstructionThereIs() =>
        Assert.Equal(typeof(Instruction).Assembly.GetTypes().Where(static t => t.IsSubclassOf(typeof(Instruction))).ToHashSet(), OneOfEach.Select(static i => i.GetType()).ToHashSet());

    [Fact]
    public void Read_UnknownOpcode_IsInvalidData()
    {
        using var reader = new BinaryReader(new MemoryStream([200, 0, 0, 0, 0, 0]));
        Assert.Throws<InvalidDataException>(() => InstructionSet.Read(reader));
    }

    [Fact]
    public void Disassemble_NamesOperandsAndWaits()
    {
        var box = new Region(0x100, 4, 5, 16, 80, 16, DType.QInt8);
        var conv = new Instruction.Conv(box, box with { Address = 0x800, Type = DType.QInt32 }, 4096, 5120, new(3, 3, 1, 1, 1, 1, 1, 1)) { Waits = new(2, 0, 7, 0) };
        Assert.Equal(
            "CONV          from 000100[4x5x16 qint8 /80/16], to 000800[4x5x16 qint32 /80/16], weights 4096, bias 5120, window 3x3 stride 1,1 pad 1,1 dilation 1,1   ; waits Load>=2 Vector>=7",
            InstructionSet.Disassemble(conv));
    }

    [Fact]
    public void Inside_EveryWindow_IsTheTapsThatHitTheInput()
    {
        for (var start = -9; start < 9; start++)
        {
            for (var code = 0; code < 4 * 3 * 6; code++)
            {
                var (kernel, dilation, size) = ((code % 4) + 1, (code / 4 % 3) + 1, (code / 12) + 1);
                var expected = Enumerable.Range(0, kernel).Where(k => start + (k * dilation) >= 0 && start + (k * dilation) < size);
                var (first, end) = Window.Inside(start, kernel, dilation, size);
                Assert.Equal(expected, Enumerable.Range(first, end - first));
            }
        }
    }

    private static Region Box() => new(Random.Next(), Random.Next(100), Random.Next(100), Random.Next(1000), Random.Next(), Random.Next(), Random.Next(2) == 0 ? DType.QInt8 : DType.QInt32);

    private static Window Some() => new(Random.Next(9), 3, 2, 1, 0, 300, 1, Random.Next(70000));
}
