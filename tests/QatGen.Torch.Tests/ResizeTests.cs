using QatGen.Graphs;
using QatGen.Primitives;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests;

public sealed class ResizeTests
{
    [Theory]
    [InlineData(DType.QInt8)]
    [InlineData(DType.QInt16)]
    public void Validation_ResizesInANet_AreTheIntegersOfTheDefinition(DType type)
    {
        using var scope = NewDisposeScope();
        var graph = Net() with { March = March.NashE };
        var model = Nets.Calibrated(graph, config: new() { Activation = new() { DType = type } });
        var x = Nets.Batch(graph, 3, 1.5);
        var fixedPoint = model.ConvertToFixedPoint();
        Assert.Equal(NaivePrimitives.Run(fixedPoint, Nets.Quantized(fixedPoint.Signature, x)), model.ValidationIntegers(x).Data.Select(static v => (long)v));
    }

    /// <summary>Straight through the roundings: the gradient of the resize itself, as nothing saturates.</summary>
    [Fact]
    public void Backward_Resize_IsThatOfTheInterpolation()
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Of([1, 3, 5, 4], Resize("up", 0, 8, 7));
        var model = Nets.Calibrated(graph);
        model.SetState(FakeQuantState.Validation);
        var (x, dy) = (Nets.Batch(graph, 2, 0.3)[0], randn(2, 3, 8, 7));
        var (quantized, real) = (x.clone().requires_grad_(), x.clone().requires_grad_());
        (model.call(quantized) * dy).sum().backward();
        (nn.functional.interpolate(real, [8, 7], mode: InterpolationMode.Bilinear, align_corners: false) * dy).sum().backward();
        Assert.True((quantized.grad! - real.grad!).abs().max().item<float>() < 1e-5f);
    }

    [Theory]
    [InlineData(FakeQuantState.Float)]
    [InlineData(FakeQuantState.Qat)]
    public void Forward_SizesForAnotherRank_NameTheLayer(FakeQuantState state)
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Of([], Resize("neck.up", 0, 8, 8));
        var model = new GraphQat(graph, Nets.State(graph));
        model.SetState(state);
        var violation = Assert.Single(Assert.Throws<QatGenException>(() => model.call(randn(2, 3, 5))).Violations);
        Assert.Equal((ShapeRules.Sampling, "neck.up"), (violation.Rule, violation.Layer));
    }

    private static Graph Net() => Nets.Of([1, 3, 6, 5], Nets.Conv("conv", 0, 3, 4), Resize("up", 1, 13, 300), Nets.Conv("last", 2, 4, 2), Resize("down", 3, 5, 7), Nets.Conv("head", 4, 2, 2));

    private static Node Resize(string path, int x, params long[] sizes) => new("Interpolate", path, new(FormKind.Functional, "interpolate"), new(x), new()
    {
        ["size"] = sizes,
        ["mode"] = new Value.Member("TorchSharp.torch.InterpolationMode.Bilinear"),
    });
}
