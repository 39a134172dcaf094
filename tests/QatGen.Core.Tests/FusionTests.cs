using QatGen.Graphs;
using QatGen.Passes;

namespace QatGen.Core.Tests;

public sealed class FusionTests
{
    public static TheoryData<bool, bool, bool, string> Combinations { get; } = new()
    {
        { true, false, false, "ConvBn2d" },
        { false, false, true, "ConvReLU2d" },
        { false, true, false, "ConvAdd2d" },
        { true, false, true, "ConvBnReLU2d" },
        { true, true, false, "ConvBnAdd2d" },
        { false, true, true, "ConvAddReLU2d" },
        { true, true, true, "ConvBnAddReLU2d" },
    };

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Run_EachCombinationOnEitherSideOfTheAdd_IsOneNode(bool bn, bool add, bool relu, string name)
    {
        foreach (var first in new[] { true, false })
        {
            var g = new GraphFactory(1, 8, 6, 6);
            var stem = g.Relu(g.Conv(0));
            var y = g.Conv(stem);
            y = bn ? g.BatchNorm(y) : y;
            y = !add ? y : first ? g.Sum(y, stem) : g.Sum(stem, y);
            y = relu ? g.Relu(y) : y;
            Assert.Equal(["ConvReLU2d", name, "Conv2d"], Fuse(g.Finish(g.Conv(y))).Nodes.Select(static n => n.FusedName));
        }
    }

    [Fact]
    public void Run_AddOfTwoConvolutions_TakesTheLaterOne()
    {
        var g = new GraphFactory(1, 8, 6, 6);
        var (a, b) = (g.Conv(0), g.Conv(0));
        Assert.Equal("%1 = Conv2d[conv2d0](%0)\n%2 = ConvAddReLU2d[conv2d1](%0, %1)\n%3 = Conv2d[conv2d4](%2)\nreturn %3", Fuse(g.Finish(g.Conv(g.Relu(g.Sum(a, b))))).ToString());
    }

    [Fact]
    public void Run_ConvolutionReadTwice_StaysAlone()
    {
        var g = new GraphFactory(1, 8, 6, 6);
        var conv = g.Conv(0);
        var fused = Fuse(g.Finish(g.Sum(g.Relu(conv), conv)));
        Assert.Equal(["Conv2d", "ReLU", "Add"], fused.Nodes.Select(static n => n.FusedName));
        Assert.Equal(OutputKind.Quantized, fused.Nodes[0].Output);
    }

    [Fact]
    public void Run_StrideThatTheSumInputCannotTake_LeavesTheAddAlone()
    {
        var g = new GraphFactory(1, 8, 9, 9);
        var (a, b) = (g.Conv(0, stride: 3), g.Conv(0, stride: 3));
        Assert.Equal(["Conv2d", "Conv2d", "AddReLU"], Fuse(g.Finish(g.Relu(g.Sum(a, b)))).Nodes.Select(static n => n.FusedName));
    }

    [Fact]
    public void Run_LastConvolution_IsHighPrecision()
    {
        var g = new GraphFactory(1, 8, 6, 6);
        var first = g.Conv(0);
        var fused = Fuse(g.Finish(g.Conv(first)));
        Assert.Equal([OutputKind.Quantized, OutputKind.HighPrecision], fused.Nodes.Select(static n => n.Output));
    }

    [Fact]
    public void Run_LastConvolutionWithAdd_IsNotHighPrecision()
    {
        var g = new GraphFactory(1, 8, 6, 6);
        Assert.Equal([OutputKind.Quantized], Fuse(g.Finish(g.Sum(g.Conv(0), 0))).Nodes.Select(static n => n.Output));
    }

    [Fact]
    public void Run_BatchNormWithoutConvolution_StaysAndTakesTheActivation()
    {
        var g = new GraphFactory(1, 8, 6, 6);
        Assert.Equal(["ConvReLU2d", "BatchNormReLU2d"], Fuse(g.Finish(g.Relu(g.BatchNorm(g.Relu(g.Conv(0)))))).Nodes.Select(static n => n.FusedName));
    }

    [Fact]
    public void Run_BatchNormOfUnknownSizeWithoutConvolution_IsAViolation()
    {
        var g = new GraphFactory(1, 8, 6, 6);
        var result = Pipeline.Run(g.Finish(g.Of("BatchNorm2d", new() { ["num_features"] = new Value.Symbol("width") }, g.Relu(g.Conv(0)))));
        Assert.Null(result.Fused);
        Assert.Equal([CaptureRules.LoneBatchNorm], result.Violations.Select(static v => v.Rule));
    }

    [Fact]
    public void Run_ConvolutionSharedByTwoBatchNorms_StaysAlone()
    {
        var g = new GraphFactory(1, 8, 6, 6);
        var conv = g.Conv(0);
        Assert.Equal(["Conv2d", "BatchNorm2d", "BatchNorm2d", "Add"], Fuse(g.Finish(g.Sum(g.BatchNorm(conv), g.BatchNorm(conv)))).Nodes.Select(static n => n.FusedName));
    }

    [Fact]
    public void Run_IdentitiesAndDeadNodes_AreRemoved()
    {
        var g = new GraphFactory(1, 8, 6, 6);
        g.Conv(0);
        var result = Pipeline.Run(g.Finish(g.Conv(g.Of("Dropout", new(), g.Of("Identity", new(), 0)))));
        Assert.Equal(3, result.Canonical.Nodes.Count);
        Assert.Equal(["Conv2d"], result.Fused!.Nodes.Select(static n => n.FusedName));
    }

    private static Graph Fuse(Graph graph)
    {
        var result = Pipeline.Run(graph);
        Assert.Empty(result.Violations);
        return result.Fused!;
    }

    [Theory]
    [InlineData("norm#2", false)]
    [InlineData("other", true)]
    public void SharedConvolution_WithAnotherBatchNorm_CannotFold(string second, bool isRefused)
    {
        var conv = new AttributeMap { ["in_channels"] = 8, ["out_channels"] = 8, ["kernel_size"] = 1, ["bias"] = false };
        Node Call(string op, string path, int x) => new(op, path, new(FormKind.Module, op), new(x), op == "Conv2d" ? conv : new());
        var nodes = new[] { Call("Conv2d", "conv", 0), Call("BatchNorm2d", "norm", 1), Call("Conv2d", "conv#2", 2), Call("BatchNorm2d", second, 3) };
        var result = Pipeline.Run(new("Test", "Net", March.Bayes, new(new GraphInput("x", new(1, 8, 4, 4), 0)), new(nodes), new(4)));
        Assert.Contains(result.Violations, static v => v.Rule == CaptureRules.ModuleShared);
        Assert.Equal(isRefused, result.Violations.Any(static v => v.Rule == CaptureRules.SharedFold && v.Layer == "conv#2"));
        Assert.Equal(isRefused, result.Fused is null);
    }
}
