using QatGen.Torch.Observers;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests;

/// <summary>Scales and limits that are learned, and few bits: training gets better, and what it gives is the fixed-point program's.</summary>
public sealed class LearnedScaleTrainingTests
{
    [Theory]
    [InlineData(FakeQuantKind.Statistical, 4, 4)]
    [InlineData(FakeQuantKind.Lsq, 8, 8)]
    [InlineData(FakeQuantKind.Lsq, 4, 4)]
    [InlineData(FakeQuantKind.Lsq, 3, 3)]
    [InlineData(FakeQuantKind.Lsq, 16, 2)]
    [InlineData(FakeQuantKind.Pact, 8, 8)]
    [InlineData(FakeQuantKind.Pact, 4, 4)]
    public void Step_KindAndBits_LearnsAndEqualsTheConvertedProgram(FakeQuantKind kind, int activationBits, int weightBits)
    {
        using var scope = NewDisposeScope();
        var config = new QConfig { Activation = new() { Kind = kind, Bits = activationBits }, Weight = new() { Kind = kind, Bits = weightBits } };
        var graph = Nets.Residual();
        var model = Nets.Calibrated(graph with { March = March.NashE }, config: config);
        manual_seed(7);
        model.SetState(FakeQuantState.Qat);
        using var optimizer = optim.Adam(model.parameters(), 0.01);
        var losses = new float[30];
        for (var i = 0; i < losses.Length; i++)
        {
            using var step = NewDisposeScope();
            var (x, y) = TrainingTests.Data(16);
            losses[i] = TrainingTests.Step(model, optimizer, x, y);
        }

        Assert.True(losses[^4..].Average() < 0.6 * losses[..4].Average(), string.Join(", ", losses));
        var fixedPoint = model.ConvertToFixedPoint();
        foreach (var data in new[] { Nets.Batch(graph, 4), Nets.Batch(graph, 2, 3) })
        {
            Assert.Equal(NaivePrimitives.Run(fixedPoint, Nets.Quantized(fixedPoint.Signature, data)), model.ValidationIntegers(data).Data.Select(static v => (long)v));
        }

        var most = (1 << (weightBits - 1)) - 1;
        Assert.All(fixedPoint.Constants.OfType<Primitives.WeightConstant>(), w => Assert.All(w.Values, v => Assert.InRange((int)v, -most - 1, most)));
    }

    [Fact]
    public void State_LearnedKinds_AreParametersUnderTheSameNames()
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Residual();
        IEnumerable<string> Parameters(FakeQuantKind kind) => Nets.Calibrated(graph, config: new() { Activation = new() { Kind = kind }, Weight = new() { Kind = kind } })
            .named_parameters().Select(static p => p.name).Where(static n => n.StartsWith("stem.", StringComparison.Ordinal) || n.StartsWith("x_", StringComparison.Ordinal)).Order();
        Assert.Equal(["stem.conv.bias", "stem.conv.weight"], Parameters(FakeQuantKind.Statistical));
        Assert.Equal(["stem.conv.bias", "stem.conv.output_quant.scale", "stem.conv.weight", "stem.conv.weight_quant.scale", "x_quant.output_quant.scale"], Parameters(FakeQuantKind.Lsq));
        Assert.Equal(["stem.conv.bias", "stem.conv.output_quant.alpha", "stem.conv.weight", "stem.conv.weight_quant.scale", "x_quant.output_quant.alpha"], Parameters(FakeQuantKind.Pact));
        string[] Keys(FakeQuantKind kind) => [.. Nets.Calibrated(graph, config: new() { Activation = new() { Kind = kind } }).state_dict().Keys.Order()];
        Assert.Equal(Keys(FakeQuantKind.Statistical), Keys(FakeQuantKind.Lsq));
    }

    [Fact]
    public void Backward_LearnedScales_AreTheGradientsOfConventionalLsq()
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Of([1, 3, 6, 6], Nets.Conv("a", 0, 3, 4, bias: true), Nets.Call("ReLU", "relu", 1), Nets.Conv("b", 2, 4, 5, bias: true));
        var learn = new ActivationSettings { Kind = FakeQuantKind.Lsq, Bits = 4, UseGradScaling = false };
        var model = Nets.Calibrated(graph, config: new() { Activation = learn, Weight = new() { Kind = FakeQuantKind.Lsq, Bits = 4, UseGradScaling = false } });
        using (no_grad())
        {
            // Narrower than the data, so that some of it is clamped.
            foreach (var scale in model.named_parameters().Where(static p => p.name.EndsWith("output_quant.scale", StringComparison.Ordinal)))
            {
                scale.parameter.mul_(0.6);
            }
        }

        model.SetState(FakeQuantState.Qat);
        var (x, dy) = (Nets.Batch(graph, 4)[0], randn(4, 5, 6, 6));
        (model.call(x) * dy).sum().backward();
        var parameters = model.named_parameters().ToDictionary(static p => p.name, static p => p.parameter);
        var twins = parameters.ToDictionary(static p => p.Key, static p => p.Value.detach().to(ScalarType.Float64).requires_grad_());
        Tensor Fake(Tensor v, Tensor s, int low, int high)
        {
            var steps = (v / s).clamp(low - 0.5, high + 0.499999999);
            return (steps + (((v / s) + 0.5).floor().clamp(low, high) - steps).detach()) * s;
        }

        Tensor Weights(string path) => Fake(twins[path + ".weight"], twins[path + ".weight_quant.scale"].reshape(-1, 1, 1, 1), -8, 7);
        Tensor Bias(string path, Tensor inputScale)
        {
            // Rounded to the accumulator's step, which no gradient sees.
            var step = (inputScale * twins[path + ".weight_quant.scale"]).detach();
            var b = twins[path + ".bias"];
            return b + ((((b / step) + 0.5).floor() * step) - b).detach();
        }

        var (sx, sa) = (twins["x_quant.output_quant.scale"], twins["a.output_quant.scale"]);
        var input = Fake(x.to(ScalarType.Float64), sx, -128, 127);

        // A fused ReLU is the limit 0 of the integers, which passes what rounds to 0.
        var a = Fake(nn.functional.conv2d(input, Weights("a"), Bias("a", sx), [1L, 1], [1L, 1]), sa, 0, 7);
        (nn.functional.conv2d(a, Weights("b"), Bias("b", sa), [1L, 1], [1L, 1]) * dy).sum().backward();
        Assert.All(parameters, p => Assert.InRange(((twins[p.Key].grad! - p.Value.grad!).norm() / twins[p.Key].grad!.norm()).item<double>(), 0, 1e-4));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Backward_BeyondTheRange_PassesUnlessSaturated(bool saturate)
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Of([1, 4], Nets.Call("ReLU", "relu", 0));
        var model = new GraphQat(graph, new Dictionary<string, Tensor>(), new() { Activation = new() { Saturate = saturate, Observer = new ObserverSettings.FixedScale(0.5) } });
        model.SetState(FakeQuantState.Validation);
        var x = tensor(new float[] { -100, -1, 2, 100 }).reshape(1, 4).requires_grad_();
        model.call(x).sum().backward();
        Assert.Equal([0, 0, 1, saturate ? 0 : 1], x.grad!.data<float>().ToArray());
    }
}
