using QatGen.Primitives;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests;

/// <summary>Operators of one model in different states.</summary>
public sealed class MixedStateTests
{
    [Fact]
    public void SetState_OfEverything_IsTheSameAsOfTheModel()
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Residual();
        var model = Nets.Calibrated(graph);
        var x = Nets.Batch(graph, 4)[0];
        foreach (var (from, to) in new[] { (FakeQuantState.Float, FakeQuantState.Validation), (FakeQuantState.Validation, FakeQuantState.Float) })
        {
            model.SetState(to);
            var expected = model.call(x);
            model.SetState(from);
            model.SetState(to, Selector.All);
            Assert.True(expected.equal(model.call(x)).all().item<bool>());
            Assert.Equal(from, model.Model.State);
        }
    }

    [Fact]
    public void SetState_OneConvolutionInFloat_ReadsAndGivesReals()
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Of([1, 3, 6, 6], Nets.Conv("a", 0, 3, 4, bias: true), Nets.Call("ReLU", "relu", 1), Nets.Call("MaxPool2d", "pool", 2) with { Attributes = new() { ["kernel_size"] = 2 } }, Nets.Conv("b", 3, 4, 5, bias: true));
        var model = Nets.Calibrated(graph);
        var x = Nets.Batch(graph, 4)[0];
        model.SetState(FakeQuantState.Validation);
        var integers = model.call(x);
        model.SetState(FakeQuantState.Float, Selector.Path("a"));
        var mixed = model.call(x);

        var (a, b) = (model.Model.Nodes[0], model.Model.Nodes[^1]);
        double sx = model.Model.Inputs[0].Quantizer.Scale, sa = a.OutputQuantizer!.Scale;
        Tensor Rounded(Tensor v, double scale) => ((v.to(ScalarType.Float64) / scale) + 0.5).floor().clamp(-128, 127);
        var reals = nn.functional.conv2d((Rounded(x, sx) * sx).to(ScalarType.Float32), a.Weight!, a.Bias, [1L, 1], [1L, 1]).relu();
        var pooled = Rounded(nn.functional.max_pool2d(reals, 2), sa);
        var constants = model.ConvertToFixedPoint().Constants;
        var (w, bias) = ((WeightConstant)constants[^3], (BiasConstant)constants[^2]);
        var weights = tensor(w.Values.Select(static v => (double)v).ToArray()).reshape([.. w.Shape.Select(static d => (long)d)]);
        var steps = tensor(b.WeightQuantizer!.Scales.Select(s => s * sa).ToArray()).reshape(1, -1, 1, 1);
        var sums = nn.functional.conv2d(pooled, weights, tensor(bias.Values.Select(static v => (double)v).ToArray()), [1L, 1], [1L, 1]);
        Assert.Equal((sums * steps).to(ScalarType.Float32).data<float>().ToArray(), mixed.data<float>().ToArray());
        Assert.NotEqual(integers.data<float>().ToArray(), mixed.data<float>().ToArray());
    }

    [Fact]
    public void Convert_OfAModelInMixedStates_IsThatOfValidation()
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Residual();
        var model = Nets.Calibrated(graph);
        model.SetState(FakeQuantState.Validation);
        model.SetState(FakeQuantState.Qat, Selector.Under("block"));
        model.SetState(FakeQuantState.Float, Selector.Path("deep.point"), Selector.Operator("AdaptiveAvgPool2d"));
        var x = Nets.Batch(graph, 4);
        (model.call(x[0]) * randn(4, 10)).sum().backward();
        Assert.All(model.Model.Nodes.Where(static n => n.Weight is not null), static n => Assert.True(n.Weight!.grad!.abs().sum().item<float>() > 0));
        var fixedPoint = model.ConvertToFixedPoint();
        Assert.Equal(NaivePrimitives.Run(fixedPoint, Nets.Quantized(fixedPoint.Signature, x)), model.ValidationIntegers(x).Data.Select(static v => (long)v));
        Assert.Equal(QuantizationRules.SelectsNothing, Assert.Throws<QatGenException>(() => model.SetState(FakeQuantState.Float, Selector.Path("nowhere"))).Violations.Single().Rule);
    }

    [Fact]
    public void SetState_EachOperatorAlone_RunsEveryExample()
    {
        using var scope = NewDisposeScope();
        foreach (var (op, example) in Operators.Catalogue.All.SelectMany(static o => o.Examples().Take(1).Select(e => (o, e))))
        {
            using var inner = NewDisposeScope();
            var graph = Nets.Of(example);
            if (graph.Inputs.Any(static i => i.DType == DType.QInt32))
            {
                continue;
            }

            var model = Nets.Calibrated(graph);
            var x = Nets.Batch(graph, 2);
            model.SetState(FakeQuantState.Validation);
            var expected = model.Model.Forward(x)[0].to(ScalarType.Float64);
            model.SetState(FakeQuantState.Float, Selector.All);
            model.SetState(FakeQuantState.Validation, [.. model.Model.Inputs.Select(static i => Selector.Input(i.Name))]);
            Assert.Equal(expected.shape, model.Model.Forward(x)[0].shape);
            model.SetState(FakeQuantState.Validation);
            model.SetState(FakeQuantState.Float, [.. model.Model.Inputs.Select(static i => Selector.Input(i.Name))]);
            Assert.True(model.Model.Nodes is not [{ OutputQuantizer: not null }] || (model.Model.Forward(x)[0].to(ScalarType.Float64) == expected).all().item<bool>(), $"{op.Name}: an input is rounded by whoever reads it");
        }
    }
}
