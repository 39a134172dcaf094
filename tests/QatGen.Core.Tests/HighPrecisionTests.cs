using QatGen.Graphs;
using QatGen.Passes;

namespace QatGen.Core.Tests;

/// <summary>Which outputs stay qint32: all that can, unless the model or a layer asks otherwise.</summary>
public sealed class HighPrecisionTests
{
    [Theory]
    [InlineData(OutputKind.SameAsInput, OutputKind.SameAsInput, OutputKind.HighPrecision)]
    [InlineData(OutputKind.HighPrecision, OutputKind.SameAsInput, OutputKind.HighPrecision)]
    [InlineData(OutputKind.Quantized, OutputKind.SameAsInput, OutputKind.Quantized)]
    [InlineData(OutputKind.Quantized, OutputKind.HighPrecision, OutputKind.HighPrecision)]
    [InlineData(OutputKind.HighPrecision, OutputKind.Quantized, OutputKind.Quantized)]
    public void Layer_GoesBeforeModel(OutputKind model, OutputKind layer, OutputKind expected)
    {
        var g = new GraphFactory(1, 8, 6, 6);
        var result = Run(g.Finish(g.Relu(g.BatchNorm(g.Conv(g.Conv(0))))), model, (1, layer));
        Assert.Empty(result.Violations);
        Assert.Equal([OutputKind.Quantized, expected], result.Fused!.Nodes.Select(static n => n.Output));

        // What is asked of the activation is asked of the convolution that it is fused into.
        Assert.Equal(expected, Run(g.Finish(4), model, (3, layer)).Fused!.Nodes[1].Output);
    }

    [Theory]
    [InlineData(March.Bernoulli2, OutputKind.HighPrecision)]
    [InlineData(March.Bayes, OutputKind.Quantized)]
    [InlineData(March.NashP, OutputKind.Quantized)]
    public void Sum_StaysWhereTheMarchHasIt(March march, OutputKind expected)
    {
        var g = new GraphFactory(1, 8, 6, 6) { March = march };
        var fused = Run(g.Finish(g.Of("Sum", new() { ["dim"] = 1, ["keepdim"] = true }, 0)), OutputKind.SameAsInput).Fused!;
        Assert.Equal(expected, fused.Nodes[0].Output);
    }

    [Fact]
    public void MatrixProduct_Stays()
    {
        var node = new Node("MatMul", "product", new(FormKind.Torch, "matmul"), new(0, 1), new());
        var result = Pipeline.Run(new("", "Net", March.Bernoulli2, new(new GraphInput("x", new(1, 3, 4), 0), new GraphInput("y", new(1, 4, 5), 0)), new(node), new(2)));
        Assert.Empty(result.Violations);
        Assert.Equal(OutputKind.HighPrecision, result.Fused!.Nodes[0].Output);
    }

    [Fact]
    public void Asked_WhereItCannotBe_QG3060SaysWhy()
    {
        var g = new GraphFactory(1, 8, 6, 6);
        var first = g.Conv(0);
        var sum = g.Sum(g.Conv(first), first);
        var pool = g.Of("MaxPool2d", new() { ["kernel_size"] = 2 }, sum);
        var read = g.Conv(pool);
        var result = Run(g.Finish(pool, sum, g.Relu(read), read), OutputKind.HighPrecision, (0, OutputKind.HighPrecision));
        Assert.Equal(
            ["conv2d0: it is no output of the model", "conv2d1: a sum is fused into it", "maxpool2d3: BAYES gives no qint32 of MaxPool2d", "conv2d4: other layers read it", "relu5: BAYES gives no qint32 of ReLU"],
            result.Violations.Select(static v => $"{Of(QuantizationRules.NotHighPrecision, v).Layer}: {v.Arguments[1]}"));
        Assert.NotNull(result.Fused);

        var last = new GraphFactory(1, 8, 6, 6);
        Assert.Equal("a sum is fused into it", Assert.Single(Run(last.Finish(last.Sum(last.Conv(0), 0)), OutputKind.HighPrecision).Violations).Arguments[1]);
    }

    [Fact]
    public void AskedNot_WhereNothingWouldStay_QG1020()
    {
        var g = new GraphFactory(1, 8, 6, 6);
        var graph = g.Finish(g.Relu(g.Sum(g.Conv(0), 0)));
        Assert.Equal("Net", Of(CaptureRules.NoEffect, Assert.Single(Run(graph, OutputKind.Quantized).Violations)).Arguments[1]);
        Assert.Equal("conv2d0", Of(CaptureRules.NoEffect, Assert.Single(Run(graph, OutputKind.SameAsInput, (0, OutputKind.Quantized)).Violations)).Layer);
    }

    private static Violation Of(Rule rule, Violation violation)
    {
        Assert.Equal(rule, violation.Rule);
        return violation;
    }

    private static PipelineResult Run(Graph graph, OutputKind model, params (int Node, OutputKind Asked)[] layers) => Pipeline.Run(graph with
    {
        OutputsAsked = model,
        Nodes = graph.Nodes.Select((n, i) => n with { Output = layers.FirstOrDefault(l => l.Node == i).Asked }).ToSeq(),
    });
}
