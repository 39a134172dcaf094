namespace QatGen.Bpu.Tests;

public sealed class SimulatorTests
{
    [Theory]
    [InlineData(March.Bernoulli2)]
    [InlineData(March.Bayes)]
    [InlineData(March.BayesE)]
    [InlineData(March.NashE)]
    [InlineData(March.NashM)]
    [InlineData(March.NashP)]
    public void Run_RandomPrograms_EqualTheReferenceOnChipAndTiled(March march)
    {
        var (compared, wanted) = (0, Environment.GetEnvironmentVariable("QATGEN_LONG") == "1" ? 1000 : 150);
        for (var seed = 0; compared < wanted; seed++)
        {
            var batch = 1 + (seed % 3);
            var (graph, inputs) = RandomProgram.Create(seed, march, batch, extreme: seed % 5 == 0);
            if (Marches.MarchChecker.Check(graph, batch).Count > 0)
            {
                continue;
            }

            var expected = ReferencePrimitives.Run(graph, inputs);
            AssertSame(expected, new Simulator(BpuCompiler.Compile(graph, new(batch))).Run(inputs), seed);
            AssertSame(expected, new Simulator(Compile.InSmallestSram(graph, batch)).Run(inputs), seed);
            compared++;
        }
    }

    [Fact]
    public void Run_SmallNetwork_EqualsTheReference()
    {
        foreach (var march in Enum.GetValues<March>())
        {
            var inputs = Networks.Small(march, out var graph).Inputs(4);
            AssertSame(ReferencePrimitives.Run(graph, inputs), new Simulator(BpuCompiler.Compile(graph, new(Batch: 2))).Run(inputs), 0);
        }
    }

    [Fact]
    public void Run_MultipleOfTheBatch_RunsRepeatedly()
    {
        var inputs = Networks.Small(March.BayesE, out var graph).Inputs(6);
        var (ones, threes) = (new Simulator(BpuCompiler.Compile(graph)).Run(inputs), new Simulator(BpuCompiler.Compile(graph, new(Batch: 3))).Run(inputs));
        Assert.Equal(ones.Output.Data, threes.Output.Data);
        Assert.Equal((6, 2), (ones.Runs, threes.Runs));
        Assert.Equal(6 * BpuCompiler.Compile(graph).Estimate().Cycles, ones.Cycles);
    }

    [Fact]
    public void Run_FromSeveralThreads_GivesTheSame()
    {
        var inputs = Networks.Small(March.BayesE, out var graph).Inputs(2);
        var simulator = new Simulator(BpuCompiler.Compile(graph));
        var expected = simulator.Run(inputs).Output.Data;
        Assert.All(Enumerable.Range(0, 8).AsParallel().Select(_ => simulator.Run(inputs).Output.Data).ToArray(), actual => Assert.Equal(expected, actual));
    }

    [Fact]
    public void Run_BatchThatIsNoMultiple_NamesWhatIsAllowed()
    {
        var inputs = Networks.Small(March.BayesE, out var graph).Inputs(5);
        var violation = Refused(BpuCompiler.Compile(graph, new(Batch: 2)), inputs);
        Assert.Equal(BpuRules.FrameCount, violation.Rule);
        Assert.Contains("compiled for 2 frames", violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WrongInputs_AreRefused()
    {
        Networks.Small(March.BayesE, out var graph);
        var program = BpuCompiler.Compile(graph);
        Assert.Equal(BpuRules.InputCount, Refused(program).Rule);
        Assert.Equal(ShapeRules.InputShape, Refused(program, new QTensor([1, 1, 28, 27], DType.QInt8, new int[28 * 27], 1)).Rule);
        Assert.Equal(ShapeRules.InputType, Refused(program, new QTensor([1, 1, 28, 28], DType.QInt16, new int[28 * 28], 1)).Rule);
        Assert.Equal(ShapeRules.InputType, Refused(program, new QTensor([1, 1, 28, 28], DType.QInt8, [.. Enumerable.Repeat(128, 28 * 28)], 1)).Rule);
    }

    [Fact]
    public void Run_InputsOfDifferentBatches_AreRefused()
    {
        var b = new ProgramBuilder(new Random(1), March.Bayes, [1, 3, 2, 2], [1, 3, 2, 2]);
        var program = BpuCompiler.Compile(b.Finish(b.Sum([0, 1], Arithmetic.ClampRange.None)));
        Assert.Equal(BpuRules.FrameCount, Refused(program, b.Inputs(1)[0], b.Inputs(2)[1]).Rule);
    }

    [Fact]
    public void Run_OutputThatIsAnInput_GivesItBack()
    {
        var b = new ProgramBuilder(new Random(1), March.Bayes, [1, 3, 4, 2]);
        var inputs = b.Inputs(2);
        Assert.Equal(inputs[0].Data, new Simulator(BpuCompiler.Compile(b.Finish(b.Reshape(0, 0, 0, 8)))).Run(inputs).Output.Data);
    }

    private static Violation Refused(BpuProgram program, params QTensor[] inputs) => Assert.Throws<QatGenException>(() => new Simulator(program).Run(inputs)).Violations[0];

    private static void AssertSame(QTensor[] expected, SimulationResult actual, int seed)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(expected[i].Data.AsSpan().SequenceEqual(actual.Outputs[i].Data), $"seed {seed}, output {i}");
            Assert.Equal(expected[i].Shape, actual.Outputs[i].Shape);
            Assert.Equal(expected[i].DType, actual.Outputs[i].DType);
        }
    }
}
