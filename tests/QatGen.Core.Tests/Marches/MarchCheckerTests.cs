using QatGen.Graphs;
using QatGen.Passes;

namespace QatGen.Core.Tests.Marches;

public sealed class MarchCheckerTests
{
    [Theory]
    [InlineData(March.Bernoulli2, 7, 1, true)]
    [InlineData(March.Bernoulli2, 9, 1, false)]
    [InlineData(March.Bayes, 31, 1, true)]
    [InlineData(March.Bayes, 33, 1, false)]
    [InlineData(March.Bayes, 3, 2, true)]
    [InlineData(March.Bayes, 3, 17, false)]
    [InlineData(March.BayesE, 31, 1, true)]
    public void Run_KernelAndDilation_AreHeldAgainstTheMarch(March march, int kernel, int dilation, bool allowed)
    {
        var g = new GraphFactory(1, 8, 34, 34) { March = march };
        var conv = g.Conv(0, kernel: kernel, padding: dilation * (kernel - 1) / 2, dilation: dilation);
        Assert.Equal(allowed, Pipeline.Run(g.Finish(g.Conv(conv))).Fused is not null);
    }

    [Fact]
    public void Run_KernelTooLarge_SaysTheLimitAndTheLayer()
    {
        var g = new GraphFactory(1, 8, 40, 40);
        var violation = Assert.Single(Pipeline.Run(g.Finish(g.Conv(0, kernel: 33, padding: 16))).Violations);
        Assert.Equal("QG4001 at 'conv2d0': BAYES takes convolution only with a kernel height and width of 1 to 31; this one has 33 x 33. Change the layer, or choose a march that allows it.", violation.ToString());
    }

    [Fact]
    public void Run_ShapeNotKnown_ChecksWhatItCan()
    {
        var g = new GraphFactory();
        Assert.Single(Pipeline.Run(g.Finish(g.Conv(0, kernel: 33, padding: 16))).Violations);
        var fine = new GraphFactory();
        Assert.Empty(Pipeline.Run(fine.Finish(fine.Conv(fine.Conv(0, dilation: 2, padding: 2)))).Violations);
    }

    [Fact]
    public void Run_DilationThatDoesNotDivideTheInput_IsAViolation()
    {
        var g = new GraphFactory(1, 8, 33, 34);
        Assert.Contains("divisible by the dilation", Assert.Single(Pipeline.Run(g.Finish(g.Conv(g.Conv(0, dilation: 2, padding: 2)))).Violations).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ChannelsThatDoNotFit_IsAShapeViolation()
    {
        var g = new GraphFactory(1, 8, 6, 6);
        Assert.Equal([ShapeRules.Channels], Pipeline.Run(g.Finish(g.Conv(g.Conv(0, output: 12), input: 8))).Violations.Select(static v => v.Rule));
    }

    [Fact]
    public void Run_WindowLargerThanTheInput_IsAShapeViolation()
    {
        var g = new GraphFactory(1, 8, 4, 4);
        Assert.Equal([ShapeRules.EmptyOutput], Pipeline.Run(g.Finish(g.Conv(0, kernel: 7, padding: 0))).Violations.Select(static v => v.Rule));
    }

    [Theory]
    [InlineData(8, 0, 8, "QG2030 at 'x': The tensor is [1, 8, 0, 34] qint8; every dimension is at least 1. Give [InputShape] and the sizes of layers no zero.")]
    [InlineData(8, 34, 0, "QG2030 at 'conv2d0': The tensor is [1, 0, 34, 34] qint32; every dimension is at least 1. Give [InputShape] and the sizes of layers no zero.")]
    public void Run_EmptyTensor_IsNamedOnce(int channels, int height, int output, string expected)
    {
        var g = new GraphFactory(1, channels, height, 34);
        Assert.Equal(expected, Assert.Single(Pipeline.Run(g.Finish(g.Conv(g.Conv(0, channels, output), output))).Violations).ToString());
    }

    [Theory]
    [InlineData(March.Bernoulli2, new[] { 6 }, true)]
    [InlineData(March.Bernoulli2, new[] { 2, 3 }, false)]
    [InlineData(March.BayesE, new[] { 2, 3 }, true)]
    public void Run_View_IsWhatTheToolkitOfTheMarchTakes(March march, int[] sizes, bool allowed)
    {
        var shape = new Value.Items(new([new Value.InputSize(0), .. sizes.Select(static s => new Value.Integer(s))]));
        var g = new GraphFactory(1, 6) { March = march };
        var violations = Pipeline.Run(g.Finish(g.Of("View", new AttributeMap { ["shape"] = shape }, 0))).Violations;
        Assert.Equal(allowed ? [] : [(MarchRules.Limit, "view0")], violations.Select(static v => (v.Rule, v.Layer)));
    }

    [Fact]
    public void Run_FlattenOfTheBatch_IsRefused()
    {
        var g = new GraphFactory(1, 8, 4, 4);
        Assert.Equal([CaptureRules.Argument], Pipeline.Run(g.Finish(g.Of("Flatten", new AttributeMap { ["start_dim"] = 0 }, g.Conv(0)))).Violations.Select(static v => v.Rule));
    }
}
