using QatGen.Graphs;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests;

public sealed class GridTests
{
    [Theory]
    [InlineData("Bilinear", "Zeros")]
    [InlineData("Bilinear", "Border")]
    [InlineData("Nearest", "Zeros")]
    public void Validation_Sampling_IsTheIntegersOfTheDefinition(string mode, string padding)
    {
        using var scope = NewDisposeScope();
        var graph = Net(mode, padding);
        var model = Nets.Calibrated(graph);
        var x = Nets.Batch(graph, 3, 1.5);
        var fixedPoint = model.ConvertToFixedPoint();
        Assert.Equal(NaivePrimitives.Run(fixedPoint, Nets.Quantized(fixedPoint.Signature, x)), model.ValidationIntegers(x).Data.Select(static v => (long)v));
    }

    /// <summary>Straight through the roundings: the gradients of map and grid are PyTorch's for the reals that the integers stand for.</summary>
    [Fact]
    public void Backward_Sampling_IsThatOfGridSample()
    {
        using var scope = NewDisposeScope();
        var graph = Net("Bilinear", "Zeros");
        var model = Nets.Calibrated(graph);
        model.SetState(FakeQuantState.Validation);
        var (batch, dy) = (Nets.Batch(graph, 2, 0.4), randn(2, 3, 4, 6));
        var inputs = batch.Select((x, i) => Rounded(x, model.Model.Inputs[i].Quantizer.Scale).requires_grad_()).ToArray();
        var reals = inputs.Select(static x => x.detach().clone().requires_grad_()).ToArray();
        (model.Model.Forward(inputs)[0] * dy).sum().backward();
        (nn.functional.grid_sample(reals[0], reals[1], GridSampleMode.Bilinear, GridSamplePaddingMode.Zeros, false) * dy).sum().backward();
        for (var i = 0; i < 2; i++)
        {
            var (expected, found) = (reals[i].grad!, inputs[i].grad!);
            Assert.True((expected - found).abs().max().item<float>() < 0.002f * expected.abs().max().item<float>());
        }
    }

    [Theory]
    [InlineData(FakeQuantState.Float)]
    [InlineData(FakeQuantState.Qat)]
    public void Forward_GridOfAnotherBatch_NamesTheLayer(FakeQuantState state)
    {
        using var scope = NewDisposeScope();
        var model = new GraphQat(Net("Bilinear", "Zeros"), new Dictionary<string, Tensor>());
        model.SetState(state);
        var violation = Assert.Single(Assert.Throws<QatGenException>(() => model.Model.Forward(randn(2, 3, 5, 7), randn(3, 4, 6, 2))).Violations);
        Assert.Equal((ShapeRules.Grid, "warp"), (violation.Rule, violation.Layer));
    }

    private static Tensor Rounded(Tensor x, float scale) => ((x / scale) + 0.5).floor().clamp(-128, 127) * scale;

    private static Graph Net(string mode, string padding) => new("Test", "Net", March.Bayes, new(new GraphInput("x", new(1, 3, 5, 7), 0), new GraphInput("grid", new(1, 4, 6, 2), 0)), new(
        new Node("GridSample", "warp", new(FormKind.Functional, "grid_sample"), new(0, 1), new()
        {
            ["mode"] = new Value.Member("TorchSharp.torch.GridSampleMode." + mode),
            ["padding_mode"] = new Value.Member("TorchSharp.torch.GridSamplePaddingMode." + padding),
        })), new(2));
}
