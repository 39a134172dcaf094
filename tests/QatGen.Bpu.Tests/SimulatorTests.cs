namespace QatGen.Bpu.Tests;

public sealed class SimulatorTests
{
    [Theory]
    [InlineData(March.Bernoulli2)]
    [InlineData(March.Bayes)]
    [InlineData(March.BayesE)]
    public void Run_RandomPrograms_EqualTheReferenceOnChipAndTiled(March march)
    {
        var compared = 0;
        for (var seed = 0; compared < 150; seed++)
        {
            var batch = 1 + (seed % 3);
            var (graph, inputs) = RandomProgram.Create(seed, march, batch, extreme: seed % 5 == 0);
            if (Compile.Limits(graph, batch).Count > 0)
            {
                continue;
            }

            var expected = ReferencePrimitives.Run(graph, inputs);
            AssertSame(expected, new Simulator(BpuCompiler.Compile(graph, new(batch))).Run(inputs), seed);
            AssertSame(expected, new Simulator(Compile.InSmallestSram(graph, batch)).Run(inputs), seed);
            compared++;
        }
    }

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
