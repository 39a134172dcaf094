using QatGen.Arithmetic;
using QatGen.Primitives;

namespace QatGen.Bpu.Tests;

public sealed class CompilerTests
{
    [Fact]
    public void Compile_Twice_GivesTheSameBytes()
    {
        Networks.Small(March.BayesE, out var graph);
        Assert.Equal(ProgramFormat.Write(BpuCompiler.Compile(graph)), ProgramFormat.Write(BpuCompiler.Compile(graph)));
    }

    [Fact]
    public void Compile_KernelBeyondTheMarch_IsRefusedWithItsLimit()
    {
        var b = new ProgramBuilder(new Random(1), March.Bernoulli2, [1, 2, 20, 20]);
        var graph = b.Finish(b.Conv(0, 4, 9, 9, new()));
        var violation = Assert.Single(Assert.Throws<QatGenException>(() => BpuCompiler.Compile(graph)).Violations);
        Assert.Equal((MarchRules.Limit, "conv0"), (violation.Rule, violation.Layer));
    }

    [Fact]
    public void Compile_LayerLargerThanTheChip_NamesTheLayerAndTheBytes()
    {
        var b = new ProgramBuilder(new Random(1), March.Bayes, [1, 64, 8, 8]);
        var graph = b.Finish(b.Conv(b.MaxPool(0, new(2, 2, 2, 2)), 64, 3, 3, new()));
        var violation = Assert.Throws<QatGenException>(() => BpuCompiler.Compile(graph, new(SramBytes: 8000))).Violations[0];
        Assert.Equal((BpuRules.DoesNotFit, "conv1"), (violation.Rule, violation.Layer));
        Assert.Contains("the core has 8000", violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compile_WithTheBytesThatTheRefusalNames_Fits()
    {
        var b = new ProgramBuilder(new Random(1), March.Bayes, [1, 64, 8, 8]);
        var graph = b.Finish(b.Conv(0, 64, 3, 3, new()));
        var needed = int.Parse(Assert.Throws<QatGenException>(() => BpuCompiler.Compile(graph, new(SramBytes: 64))).Violations[0].Arguments[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Throws<QatGenException>(() => BpuCompiler.Compile(graph, new(SramBytes: needed - 1)));

        // Blocks begin at multiples of 64.
        Assert.NotNull(BpuCompiler.Compile(graph, new(SramBytes: needed + (5 * 64))));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 0)]
    [InlineData(1, -5)]
    public void Compile_OptionsThatAreNotPositive_AreRefused(int batch, int sramBytes)
    {
        Networks.Small(March.BayesE, out var graph);
        Assert.Equal(BpuRules.Options, Assert.Throws<QatGenException>(() => BpuCompiler.Compile(graph, new(batch, sramBytes))).Violations[0].Rule);
    }

    [Fact]
    public void Compile_SevenDimensions_AreRefused()
    {
        var b = new ProgramBuilder(new Random(1), March.Bayes, [1, 4, 6, 6]);
        var graph = b.Finish(b.Reshape(b.Clamp(0), 0, 2, 2, 3, 2, 3, 2));
        Assert.Equal([(BpuRules.TensorKind, "view1")], Assert.Throws<QatGenException>(() => BpuCompiler.Compile(graph)).Violations.Select(static v => (v.Rule, v.Layer)));
    }

    [Fact]
    public void Compile_Model_IsItsRecordedProgram()
    {
        Networks.Small(March.BayesE, out var graph);
        Assert.Equal(ProgramFormat.Write(BpuCompiler.Compile(graph)), ProgramFormat.Write(BpuCompiler.Compile(new Model(graph))));
    }

    [Fact]
    public void Compile_MoreThanTheAddressesReach_IsRefused()
    {
        var b = new ProgramBuilder(new Random(1), March.NashE, [1, 4, 1000, 1000]);
        var graph = b.Finish(b.Clamp(0));
        Assert.Equal(BpuRules.AddressSpace, Assert.Throws<QatGenException>(() => BpuCompiler.Compile(graph, new(Batch: 400))).Violations[0].Rule);
    }

    [Fact]
    public void Compile_ForLittleMemory_CutsRowsWithHalosAndChannelsAndSpills()
    {
        var b = new ProgramBuilder(new Random(1), March.BayesE, [1, 16, 24, 24]);
        var x = b.Conv(0, 48, 3, 3, new(PadTop: 1, PadLeft: 1, PadBottom: 1, PadRight: 1));
        var graph = b.Finish(b.Conv(x, 48, 3, 3, new(PadTop: 1, PadLeft: 1, PadBottom: 1, PadRight: 1)));
        var instructions = BpuCompiler.Compile(graph, new(SramBytes: 16 << 10)).Instructions;
        var second = instructions.Where(static i => i.Layer == 1).ToArray();
        Assert.Contains(second.OfType<Instruction.Conv>(), static c => c.To.Rows < 24 && c.To.Channels < 48);
        Assert.True(second.OfType<Instruction.Load>().Where(static l => l.To.Rows > 1).Sum(static l => l.To.Rows) > 24);
        Assert.Contains(instructions, static i => i is Instruction.Store && i.Layer == 0);
        Assert.DoesNotContain(BpuCompiler.Compile(graph).Instructions, static i => i is Instruction.Store && i.Layer == 0);
    }

    [Fact]
    public void Compile_AccumulatorOfOneRescale_NeverReachesDdr()
    {
        var b = new ProgramBuilder(new Random(1), March.Bayes, [1, 16, 8, 8]);
        var sum = b.Sum([b.Accumulate(0, 8, 1, 1, new()), b.Accumulate(0, 8, 1, 1, new())], ClampRange.Relu);
        var program = BpuCompiler.Compile(b.Finish(sum));
        Assert.All(program.Instructions.OfType<Instruction.Store>(), static s => Assert.Equal(DType.QInt8, s.To.Type));
        Assert.Equal(2, program.Instructions.OfType<Instruction.Conv>().Count());
    }

    [Fact]
    public void Compile_NodesThatNothingReads_AreLeftOut()
    {
        var b = new ProgramBuilder(new Random(1), March.Bayes, [1, 16, 8, 8]);
        b.Conv(0, 8, 1, 1, new());
        Assert.DoesNotContain(BpuCompiler.Compile(b.Finish(b.Clamp(0))).Instructions, static i => i is Instruction.Conv);
    }

    [Fact]
    public void Compile_ReshapeThatKeepsChannels_MovesNothing()
    {
        var b = new ProgramBuilder(new Random(1), March.Bayes, [1, 16, 8, 8]);
        var flat = b.Reshape(b.Clamp(0), 0, 0, -1);
        Assert.DoesNotContain(BpuCompiler.Compile(b.Finish(b.Clamp(flat))).Instructions, static i => i is Instruction.Reshape);
    }

    private sealed class Model(IntGraph graph) : FixedPointModel(graph.Signature, graph.Constants)
    {
        public override T[] Forward<T>(IPrimitives<T> primitives, T[] constants, T[] inputs) => graph.Forward(primitives, constants, inputs);
    }

    [Fact]
    public void Disassemble_OfAProgram_HasALinePerInstruction()
    {
        Networks.Small(March.BayesE, out var graph);
        var program = BpuCompiler.Compile(graph);
        Assert.Equal(program.InstructionCount, program.Disassemble().Split('\n').Length);
    }
}
