using QatGen.Arithmetic;
using QatGen.Graphs;
using QatGen.Operators;
using QatGen.Passes;

namespace QatGen.Core.Tests;

/// <summary>The modules that QatGen adds to TorchSharp's: what their operators refuse, and which weights are their own.</summary>
public sealed class VendorOperatorTests
{
    public static TheoryData<string, string, Value> Wrong => new()
    {
        { "Correlation", "kernelSize", 2 },
        { "Correlation", "kernelSize", -1 },
        { "Correlation", "maxDisplacement", -1 },
        { "Correlation", "stride1", 0 },
        { "Correlation", "stride2", 0 },
        { "Correlation", "padSize", -2 },
        { "RoIAlign", "outputSize", 0 },
        { "RoIAlign", "outputSize", new Value.Items(new(2, -1)) },
        { "RoIAlign", "samplingRatio", 0 },
        { "RoIAlign", "spatialScale", -0.5 },
        { "RoIAlign", "spatialScale", double.NaN },
        { "MultiScaleRoIAlign", "spatialScales", new Value.Items(new(0.5, 0.125)) },
        { "MultiScaleRoIAlign", "spatialScales", new Value.Items(new(0.5)) },
        { "MultiScaleRoIAlign", "spatialScales", new Value.Items(new(-0.5, -0.25)) },
        { "MultiScaleRoIAlign", "spatialScales", 0.5 },
        { "MultiScaleRoIAlign", "outputSize", 0 },
        { "MultiScaleRoIAlign", "samplingRatio", 0 },
        { "MultiScaleRoIAlign", "canonicalScale", 0 },
        { "CenteredYuv2Rgb", "mean", new Value.Items(new(1.0, 2.0)) },
        { "CenteredYuv2Rgb", "mean", new Value.Items(new(double.NaN)) },
        { "CenteredYuv2Bgr", "std", new Value.Items(new(1.0, 0.0, 1.0)) },
        { "CenteredYuv2Bgr", "std", new Value.Items(new(double.PositiveInfinity)) },
        { "CenteredYuv2Rgb", "qScale", -1.0 },
        { "CenteredYuv2Rgb", "qScale", double.NaN },
        { "CenteredYuv2Rgb", "qScale", double.PositiveInfinity },
        { "Filter", "capacity", 0 },
        { "Filter", "idxRange", new long[] { 2, 2 } },
        { "Filter", "idxRange", new long[] { -1, 2 } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Argument_ThatMakesNoSense_IsRefused(string op, string argument, Value value)
    {
        var inputs = Enumerable.Range(0, op switch { "MultiScaleRoIAlign" => 3, "Correlation" or "RoIAlign" => 2, _ => 1 }).ToSeq();
        AttributeMap arguments = op switch
        {
            "RoIAlign" => new() { ["outputSize"] = 7, ["spatialScale"] = 0.25, ["samplingRatio"] = 2 },
            "MultiScaleRoIAlign" => new() { ["outputSize"] = 7, ["spatialScales"] = new Value.Items(new(0.5, 0.25)), ["samplingRatio"] = 2 },
            "Filter" => new() { ["capacity"] = 5, ["idxRange"] = new long[] { 1, 3 } },
            _ => new(),
        };
        Assert.Empty(Catalogue.Get(op).Check(new(op, "layer", new(FormKind.Module, op), inputs, arguments)));
        var found = Assert.Single(Catalogue.Get(op).Check(new(op, "layer", new(FormKind.Module, op), inputs, new(arguments.Where(a => a.Key != argument).Append(new(argument, value))))));
        Assert.Equal((CaptureRules.Argument, "layer"), (found.Rule, found.Layer));
    }

    [Theory]
    [InlineData(new int[0], "QG2031")]
    [InlineData(new[] { 1, 5, 4 }, "QG2010")]
    [InlineData(new[] { 1, 5, 1, 4 }, "QG2017")]
    [InlineData(new[] { 1, 5, 3, 4 }, "")]
    public void Correlation_NeedsMapsOfKnownSize(int[] shape, string rule)
    {
        var node = new Node("Correlation", "layer", new(FormKind.Module, "Correlation"), new(0, 1), new());
        var result = Pipeline.Run(new("", "Net", March.Bayes, new(new GraphInput("x", new(shape), 0), new GraphInput("y", new(shape), 0)), new(node), new(2)));
        Assert.Equal(rule, string.Join(", ", result.Violations.Where(static v => v.Rule.Severity == RuleSeverity.Error).Select(static v => v.Rule.Id).Distinct()));
    }

    [Theory]
    [InlineData(new[] { 1, 5, 4 }, "QG2060")]
    [InlineData(new[] { 1, 4 }, "QG2060")]
    [InlineData(new[] { 1, 5, 3 }, "QG2060")]
    [InlineData(new int[0], "QG2031")]
    public void RoIAlign_NeedsBoxesOfFourCorners(int[] boxes, string rule)
    {
        var node = new Node("RoIAlign", "layer", new(FormKind.Module, "RoIAlign"), new(0, 1), new() { ["outputSize"] = 2, ["spatialScale"] = 0.25, ["samplingRatio"] = 2 });
        var map = rule == "QG2060" && boxes.Length == 3 && boxes[2] == 4 ? new[] { 1, 5, 6 } : [1, 5, 6, 6];
        var result = Pipeline.Run(new("", "Net", March.Bayes, new(new GraphInput("x", new(map), 0), new GraphInput("boxes", new(boxes), 0, DType.QInt16)), new(node), new(2)));
        Assert.Equal(rule, Assert.Single(result.Violations).Rule.Id);
    }

    [Theory]
    [InlineData(new[] { 1, 8, 4, 5 }, new[] { 1, 3, 4, 5 }, 20, "")]
    [InlineData(new[] { 1, 8, 4, 5 }, new[] { 1, 3, 4, 5 }, 21, "QG2050")]
    [InlineData(new[] { 1, 6, 4, 5 }, new[] { 1, 3, 4, 5 }, 20, "QG2016")]
    [InlineData(new[] { 1, 8, 4, 5 }, new[] { 1, 3, 5, 4 }, 20, "QG2016")]
    [InlineData(new[] { 1, 8, 20 }, new[] { 1, 3, 4, 5 }, 20, "QG2016")]
    [InlineData(new[] { 1, 8, 4, 5 }, new int[0], 20, "QG2031")]
    public void Filter_NeedsMapsOfOneSize(int[] scores, int[] map, int capacity, string rule)
    {
        var arguments = new AttributeMap { ["capacity"] = capacity, ["idxRange"] = new long[] { 2, 7 } };
        Node Of(int item) => new("Filter", $"filter.{item}", new(FormKind.Module, "Filter"), new(0, 1), new(arguments.Append(new(Operator.Item, item))));
        var result = Pipeline.Run(new("", "Net", March.Bayes, new(new GraphInput("x", new(scores), 0), new GraphInput("y", new(map), 0)), new(Of(0), Of(4)), new(2, 3)));
        Assert.Equal(rule, string.Join(", ", result.Violations.Select(static v => v.Rule.Id).Distinct()));
    }

    [Fact]
    public void Colours_HaveWeightsOfTheirOwn()
    {
        var roles = Catalogue.Get("BgrToYuv444").Constants(new("BgrToYuv444", "yuv", new(FormKind.Module, "BgrToYuv444"), new(0), new() { ["swing"] = new Value.Member("QatGen.Swing.Full") }));
        Assert.Equal([0.114, 0.587, 0.299], roles[0].Fixed.Take(3).Select(static w => Math.Round(w, 12)));
        Assert.Equal([0.0, 128, 128], roles[1].Fixed);
        Assert.Equal(0, roles[2].Scale);
        Assert.Equal(1 / 64.0, Catalogue.Get("CenteredYuv2Rgb").Constants(new("CenteredYuv2Rgb", "rgb", new(FormKind.Module, "CenteredYuv2Rgb"), new(0), new() { ["qScale"] = 1 / 64.0 }))[2].Scale);
    }

    [Theory]
    [InlineData(Swing.Studio)]
    [InlineData(Swing.Full)]
    public void Inverse_OfAColourTransform_UndoesIt(Swing swing)
    {
        var (there, back) = (ColourTransform.RgbToYuv(swing), ColourTransform.YuvToRgb(swing));
        for (var colour = 0; colour < 8; colour++)
        {
            double[] rgb = [255 * (colour & 1), 255 * ((colour >> 1) & 1), 255 * (colour >> 2)];
            Assert.All(Apply(back, Apply(there, rgb)).Zip(rgb), static p => Assert.Equal(p.First, p.Second, 1e-9));
            Assert.All(Apply(back.OfCentered(), Apply(there.ToCentered(), rgb)).Zip(rgb), static p => Assert.Equal(p.First, p.Second, 1e-9));
        }

        static double[] Apply(ColourTransform t, double[] x) => [.. Enumerable.Range(0, 3).Select(r => t.Offset[r] + Enumerable.Range(0, 3).Sum(c => t.Matrix[(3 * r) + c] * x[c]))];
    }
}
