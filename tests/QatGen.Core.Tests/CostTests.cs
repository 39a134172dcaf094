using QatGen.Graphs;
using QatGen.Passes;
using QatGen.Primitives;

namespace QatGen.Core.Tests;

public sealed class CostTests
{
    [Fact]
    public void Layers_OfTwoConvolutions_CountMacsParametersAndActivations()
    {
        var g = new GraphFactory(2, 3, 10, 8);
        var cost = Run(g.Finish(g.Conv(g.Conv(0, input: 3, output: 5), input: 5, output: 7, stride: 2)), new Fact(new(2, 3, 10, 8), DType.QInt8));
        Assert.Equal(new CostOfLayer("conv2d0", 2 * 5 * 80 * 27, 140, 135 + 20, 2 * 5 * 80), cost.Layers[0]);
        Assert.Equal(new CostOfLayer("conv2d1", 2 * 7 * 20 * 45, 322, 315 + 28, 4 * 2 * 7 * 20), cost.Layers[1]);
        Assert.Equal((2 * 5 * 80 * 27) + (2 * 7 * 20 * 45), cost.Macs);
        Assert.Equal(155 + 343, cost.ParameterBytes);
    }

    [Fact]
    public void Layers_WithoutMacs_CostOnlyTheirResult()
    {
        var g = new GraphFactory(1, 4, 6, 6);
        var pool = g.Of("MaxPool2d", new AttributeMap { ["kernel_size"] = 2 }, g.Relu(0));
        Assert.Equal([new("relu0", 0, 0, 0, 144), new("maxpool2d1", 0, 0, 0, 36)], Run(g.Finish(pool), new Fact(new(1, 4, 6, 6), DType.QInt8)).Layers);
    }

    [Fact]
    public void Layers_UnknownShape_CostIsUnknownButParametersAreKnown()
    {
        var g = new GraphFactory();
        var cost = Run(g.Finish(g.Conv(0)), Fact.Unknown(DType.QInt8));
        Assert.Equal(new CostOfLayer("conv2d0", null, 584, 576 + 32, null), Assert.Single(cost.Layers));
        Assert.Null(cost.Macs);
    }

    private static CostChecker Run(Graph graph, Fact input)
    {
        var fused = Pipeline.Run(graph).Fused!;
        var cost = new CostChecker();
        Lowering.Run(fused, cost, [.. Lowering.Slots(fused).Select(static s => s.Role.Fact)], [input]);
        return cost;
    }
}
