using QatGen.Graphs;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests;

/// <summary>Activations of 16 bits, chosen by the configuration.</summary>
public sealed class Int16Tests
{
    private static readonly QConfig Wide = new() { Activation = new() { DType = DType.QInt16, Observer = new Observers.ObserverSettings.MinMax() } };

    [Fact]
    public void Calibrate_Int16_DividesTheRangeBy32767AndAHalf()
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Of([1, 3, 5, 5], Nets.Call("ReLU", "relu", 0));
        var model = new GraphQat(graph, new Dictionary<string, Tensor>(), Wide);
        var x = randn(2, 3, 5, 5);
        model.Calibrate([x.clone()]);
        Assert.Equal((float)(x.abs().max().item<float>() / 32767.5), model.Model.Inputs[0].Quantizer.Scale);
        var fixedPoint = model.ConvertToFixedPoint();
        Assert.Equal((DType.QInt16, DType.QInt16), (fixedPoint.Signature.Inputs[0].DType, fixedPoint.Signature.Outputs[0].DType));
        Assert.True(model.call(x).sub(nn.functional.relu(x)).abs().max().item<float>() < 1e-4);
    }

    [Fact]
    public void ValidationIntegers_ResidualNet_EqualTheConvertedProgramAndFollowFloatMoreClosely()
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Residual();
        var (narrow, wide) = (Nets.Calibrated(graph), Nets.Calibrated(graph, config: Wide));
        var x = Nets.Batch(graph, 4)[0];
        var fixedPoint = wide.ConvertToFixedPoint();
        Assert.Equal(NaivePrimitives.Run(fixedPoint, Nets.Quantized(fixedPoint.Signature, x)), wide.ValidationIntegers(x).Data.Select(static v => (long)v));

        var exact = wide.call(x);
        double Error(GraphQat model)
        {
            model.SetState(FakeQuantState.Validation);
            return (model.call(x) - exact).abs().mean().item<float>();
        }

        Assert.True(Error(wide) < 0.7 * Error(narrow));
    }

    [Theory]
    [InlineData(400, 8)]
    [InlineData(1500, 6)]
    [InlineData(3600, 5)]
    [InlineData(8000, 4)]
    public void Convert_WideLayerOfInt16_KeepsFewerBitsOfTheWeightsAndStaysExact(int width, int bits)
    {
        using var scope = NewDisposeScope();
        var model = WideLinear(width);
        var x = model.Model.Nodes[0].Weight!.detach().reshape(3, width).sign();
        model.Calibrate([x.clone()]);
        var fixedPoint = model.ConvertToFixedPoint();
        Assert.Equal(bits, model.Model.Nodes[0].WeightQuantizer!.Bits);
        foreach (var batch in new[] { x, randn(2, width) })
        {
            Assert.Equal(NaivePrimitives.Run(fixedPoint, Nets.Quantized(fixedPoint.Signature, batch)), model.ValidationIntegers(batch).Data.Select(static v => (long)v));
        }
    }

    [Fact]
    public void Call_LayerOfInt16ThatNeedsLessThanFourBits_IsAnErrorThatNamesIt()
    {
        using var scope = NewDisposeScope();
        var model = WideLinear(20_000);
        model.Calibrate([randn(2, 20_000)]);
        BadInputTests.Expect(QuantizationRules.Overflow, "fc", () => model.ConvertToFixedPoint());
    }

    [Fact]
    public void Backward_Int16_IsTheGradientInFloatWithinTheWeightsNoise()
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Residual();
        Tensor Gradient(FakeQuantState state)
        {
            var model = Nets.Calibrated(graph, config: Wide);
            model.SetState(state);
            manual_seed(7);
            model.call(randn(8, 1, 12, 12) * 0.5).pow(2).sum().backward();
            return model.Model.Nodes[^1].Weight!.grad!;
        }

        var exact = Gradient(FakeQuantState.Float);
        Assert.InRange(((Gradient(FakeQuantState.Qat) - exact).norm() / exact.norm()).item<float>(), 1e-6, 0.03);
    }

    [Fact]
    public void Rules_OfPathOperatorAndInput_ChooseLayersAndTheLastOneCounts()
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Residual();
        var config = new QConfig
        {
            Rules = [Selector.Operator("Conv2d").To(DType.QInt16), Selector.Path("block.conv1").To(DType.QInt8), Selector.Path("deep.relu").To(DType.QInt8), Selector.Input("x").To(DType.QInt16)],
        };
        var model = new GraphQat(graph, Nets.State(graph), config);
        Assert.Equal(DType.QInt16, model.Model.Inputs[0].Quantizer.DType);
        var narrow = model.Model.Nodes.Where(static n => n.OutputQuantizer is { DType: DType.QInt8 }).Select(static n => n.Node.Path);
        Assert.Equal(["block.conv1", "deep.conv", "pool"], narrow);
    }

    [Fact]
    public void Rules_ThatNameNothing_AreAllListed()
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Residual();
        QRule[] rules = [Selector.Path("block.conv9").To(DType.QInt16), Selector.Operator("Softmax").To(DType.QInt16), Selector.Input("y").To(DType.QInt16), Selector.Path("fc").To(DType.QInt16), Selector.Path("pool").To(DType.QInt16)];
        var violations = Assert.Throws<QatGenException>(() => new GraphQat(graph, Nets.State(graph), new() { Rules = rules })).Violations;
        Assert.All(violations, static v => Assert.Equal(QuantizationRules.TypeUnused, v.Rule));
        Assert.Equal(rules[..4].Select(static t => t.ToString()), violations.Select(static v => v.Arguments[0]));
    }

    [Fact]
    public void Rules_Int32_AreRefused()
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Residual();
        var config = new QConfig { Rules = [Selector.Path("pool").To(DType.QInt32), Selector.Input("x").To(DType.QInt32)] };
        var violations = Assert.Throws<QatGenException>(() => new GraphQat(graph, Nets.State(graph), config)).Violations;
        Assert.Equal([(QuantizationRules.TypeNotActivation, "x"), (QuantizationRules.TypeNotActivation, "pool")], violations.Select(static v => (v.Rule, v.Layer)));
    }

    [Fact]
    public void Input_TypeOfTheAttribute_CountsUnlessTheConfigurationNamesTheInput()
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Of([1, 3], Nets.Call("ReLU", "relu", 0)) with { Inputs = new(new GraphInput("x", new(1, 3), 0, DType.QInt16)) };
        DType Of(QConfig? config) => new GraphQat(graph, new Dictionary<string, Tensor>(), config).Model.Inputs[0].Quantizer.DType;
        Assert.Equal(DType.QInt16, Of(null));
        Assert.Equal(DType.QInt8, Of(new() { Rules = [Selector.Input("x").To(DType.QInt8)] }));
    }

    private static GraphQat WideLinear(int width)
    {
        var node = Nets.Linear("fc", 0, width, 3) with { Output = OutputKind.Quantized };
        var graph = new Graph("Test", "Net", March.Bayes, new(new GraphInput("x", new(1, width), 0)), new(node), new(1));
        return new(graph, new Dictionary<string, Tensor> { ["fc.weight"] = randn(3, width).sign() * (1 + (rand(3, width) * 0.01)), ["fc.bias"] = randn(3) }, Wide);
    }
}
