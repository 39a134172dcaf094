using QatGen.Primitives;

namespace QatGen.Bpu.Tests;

public sealed class EstimateTests
{
    [Fact]
    public void Estimate_OfRandomPrograms_IsWhatTheSimulatorCounts()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var batch = 1 + (seed % 3);
            var (graph, inputs) = RandomProgram.Create(seed, March.Bernoulli2, batch);
            if (Marches.MarchChecker.Check(graph, batch).Count > 0)
            {
                continue;
            }

            foreach (var program in new[] { BpuCompiler.Compile(graph, new(batch)), Compile.InSmallestSram(graph, batch) })
            {
                var (estimate, result) = (program.Estimate(), new Simulator(program).Run(inputs));
                Assert.Equal((estimate.Cycles, estimate.DdrBytes, estimate.LatencyUs), (result.Cycles, result.DdrBytes, result.LatencyUs));
                Assert.Equal(estimate.Layers, result.Layers);
                Assert.Equal(estimate.DdrBytes, estimate.Layers.Sum(static l => l.DdrBytes));
            }
        }
    }

    [Fact]
    public void Compile_NetworkThatStaysOnChip_MovesOnlyInputOutputAndEachConstantOnce()
    {
        Networks.Small(March.BayesE, out var graph);
        var program = BpuCompiler.Compile(graph);
        var (input, output) = (program.Memory.Inputs[0].Frame, program.Memory.Outputs[0].Frame);
        var constants = program.Instructions.OfType<Instruction.Load>().Where(l => l.From.Address < program.ConstantBytes).ToArray();
        var others = program.Instructions.OfType<Instruction.Load>().Except(constants).ToArray();
        Assert.Equal(constants.Length, constants.DistinctBy(static l => l.From).Count());
        Assert.InRange(program.ConstantBytes - constants.Sum(static l => l.From.Bytes), 0, 64 * constants.Length);
        Assert.All(others, l => Assert.InRange(l.From.Address, input.Address, input.End));
        Assert.All(program.Instructions.OfType<Instruction.Store>(), s => Assert.InRange(s.To.Address, output.Address, output.End));
    }

    [Fact]
    public void Estimate_MacsAndRates_FollowTheirFormulas()
    {
        Networks.Small(March.Bayes, out var graph);
        var estimate = BpuCompiler.Compile(graph, new(Batch: 4)).Estimate();
        var cost = new CostChecker();
        graph.Forward(cost, [.. graph.Constants.Select(Fact.Of)], [new Fact(new(1, 1, 28, 28), DType.QInt8)]);
        Assert.Equal(cost.Macs, estimate.MacsPerFrame);
        Assert.Equal(4e6 / estimate.LatencyUs, estimate.FramesPerSecond, 6);
        Assert.Equal(estimate.DdrBytes / 4.0, estimate.DdrBytesPerFrame);
        Assert.InRange(estimate.Utilization, 0.001, 1);
        Assert.Contains("conv0", estimate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Estimate_OfALargerBatch_SharesTheWeights()
    {
        Networks.Small(March.BayesE, out var graph);
        var (one, eight) = (BpuCompiler.Compile(graph).Estimate(), BpuCompiler.Compile(graph, new(Batch: 8)).Estimate());
        Assert.True(eight.DdrBytesPerFrame < one.DdrBytesPerFrame / 5, $"{eight.DdrBytesPerFrame} of {one.DdrBytesPerFrame}");
        Assert.True(eight.Cycles < one.Cycles * 8);
    }

    [Fact]
    public void Estimate_ComputingAndLoading_Overlap()
    {
        var estimate = BpuCompiler.Compile(Networks.ResNet18(March.BayesE)).Estimate();
        Assert.True(estimate.Cycles < estimate.Layers.Sum(static l => l.TransferCycles + l.ComputeCycles) * 0.85, estimate.ToString());
    }

    /// <summary>Milliseconds that D-Robotics published for one thread on its boards.</summary>
    [Theory]
    [InlineData("ResNet18", March.BayesE, 2.95)]
    [InlineData("RepVGG_A0", March.BayesE, 1.85)]
    [InlineData("RepVGG_A2", March.BayesE, 6.07)]
    [InlineData("RepVGG_B1g2", March.BayesE, 9.77)]
    [InlineData("MobileNetV1", March.BayesE, 1.27)]
    [InlineData("ResNet18", March.Bernoulli2, 8.87)]
    [InlineData("RepVGG_A1", March.Bernoulli2, 11.58)]
    public void Estimate_OfBoardNetworks_IsWithinAFifthOfTheBoard(string name, March march, double milliseconds)
    {
        var graph = name switch
        {
            "ResNet18" => Networks.ResNet18(march),
            "RepVGG_A0" => Networks.RepVgg(march, 48, [48, 96, 192, 1280], [2, 4, 14, 1]),
            "RepVGG_A1" => Networks.RepVgg(march, 64, [64, 128, 256, 1280], [2, 4, 14, 1]),
            "RepVGG_A2" => Networks.RepVgg(march, 64, [96, 192, 384, 1408], [2, 4, 14, 1]),
            "RepVGG_B1g2" => Networks.RepVgg(march, 64, [128, 256, 512, 2048], [4, 6, 16, 1], groups: 2),
            _ => Networks.MobileNetV1(march),
        };
        Assert.InRange(BpuCompiler.Compile(graph).Estimate().LatencyUs / 1000, milliseconds * 0.8, milliseconds * 1.2);
    }
}
