using static TorchSharp.torch;

namespace QatGen.Torch.Tests;

public sealed class StateTests
{
    [Fact]
    public void SetState_ValidationBeforeCalibration_NamesEveryLayer()
    {
        using var scope = NewDisposeScope();
        var model = new GraphQat(Nets.Residual(), Nets.State(Nets.Residual()));
        string[] layers = ["x", "stem.conv", "block.conv1", "block.conv2", "block.down", "deep.conv", "deep.point", "pool"];
        foreach (var attempt in new Action[] { () => model.SetState(FakeQuantState.Validation), () => model.ConvertToFixedPoint(), () => model.ValidationIntegers(randn(1, 1, 12, 12)) })
        {
            var violations = Assert.Throws<QatGenException>(attempt).Violations;
            Assert.All(violations, static v => Assert.Equal(QuantizationRules.NotCalibrated, v.Rule));
            Assert.Equal(layers.Order(), violations.Select(static v => v.Layer).Order());
            Assert.Equal(FakeQuantState.Float, model.Model.State);
        }
    }

    [Fact]
    public void Calibrate_Batches_ObservesWithoutRoundingAndReturnsToTheStateBefore()
    {
        using var scope = NewDisposeScope();
        var model = new GraphQat(Nets.Residual(), Nets.State(Nets.Residual()), new() { Activation = new() { Observer = new Observers.ObserverSettings.MinMax() } });
        model.SetState(FakeQuantState.Qat);
        var (a, b) = (randn(2, 1, 12, 12), randn(2, 1, 12, 12) * 3);
        var progress = new List<double>();
        Assert.Equal(2, model.Calibrate(new[] { a.clone(), b.clone() }, progress.Add));
        Assert.Equal([0.5, 1], progress);
        Assert.Equal(FakeQuantState.Qat, model.Model.State);
        Assert.Equal(cat([a, b]).abs().max().item<float>() / 127.5, model.Model.Inputs[0].Quantizer.Scale, 1e-7);

        // The output of the pooling in FLOAT, which no rounding touches, is what was observed.
        model.SetState(FakeQuantState.Float);
        var pool = model.Model.Nodes.Single(static n => n.Node.Path == "pool");
        var fc = model.Model.Nodes.Single(static n => n.Node.Path == "fc");
        var logits = model.call(cat([a, b]));
        using (no_grad())
        {
            fc.Weight!.zero_();
            fc.Bias!.zero_();
            fc.Weight[0, 0, 0, 0] = 1;
        }

        Assert.InRange(model.call(cat([a, b])).max().item<float>() / 127.5, 0, pool.OutputQuantizer!.Scale * 1.0001);
        Assert.Equal([4, 10], logits.shape);
    }

    [Fact]
    public void Call_Qat_ObservesAndValidationDoesNot()
    {
        using var scope = NewDisposeScope();
        var model = Nets.Calibrated(Nets.Residual());
        var scale = model.Model.Inputs[0].Quantizer.Scale;
        model.SetState(FakeQuantState.Qat);
        model.call(randn(2, 1, 12, 12) * 100);
        var moved = model.Model.Inputs[0].Quantizer.Scale;
        Assert.True(moved > scale);
        model.SetState(FakeQuantState.Validation);
        model.call(randn(2, 1, 12, 12) * 100);
        Assert.Equal(moved, model.Model.Inputs[0].Quantizer.Scale);
    }

    [Fact]
    public void SetState_Validation_FreezesWeightScalesUntilItIsEnteredAgain()
    {
        using var scope = NewDisposeScope();
        var model = Nets.Calibrated(Nets.Residual());
        var node = model.Model.Nodes[0];
        model.SetState(FakeQuantState.Validation);
        model.call(randn(1, 1, 12, 12));
        var frozen = node.WeightQuantizer!.Scales;
        using (no_grad())
        {
            node.Weight!.mul_(2);
        }

        model.call(randn(1, 1, 12, 12));
        Assert.Equal(frozen, node.WeightQuantizer.Scales);
        model.SetState(FakeQuantState.Validation);
        model.call(randn(1, 1, 12, 12));
        Assert.Equal(frozen.Select(static s => s * 2), node.WeightQuantizer.Scales);
    }

    [Fact]
    public void Convert_AfterWeightsMovedInValidation_StillGivesValidationsIntegers()
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Residual();
        var model = Nets.Calibrated(graph);
        model.SetState(FakeQuantState.Validation);
        var x = Nets.Batch(graph, 3);
        model.call(x[0]);
        using (no_grad())
        {
            model.Model.Nodes[1].Weight!.mul_(1.3);
        }

        var fixedPoint = model.ConvertToFixedPoint();
        var expected = model.ValidationIntegers(x).Data.Select(static v => (long)v);
        Assert.Equal(expected, NaivePrimitives.Run(fixedPoint, Nets.Quantized(fixedPoint.Signature, x)));
        var output = fixedPoint.Signature.Outputs[0];
        var reals = new QTensor([3, 10], output.DType, [.. expected.Select(static v => (int)v)], [.. output.Scales]).Dequantize();
        Assert.Equal(reals, model.call(x[0]).data<float>().ToArray());
    }

    [Fact]
    public void Train_AndEval_ChangeNothing()
    {
        using var scope = NewDisposeScope();
        var model = Nets.Calibrated(Nets.Residual());
        var x = randn(2, 1, 12, 12);
        foreach (var state in new[] { FakeQuantState.Float, FakeQuantState.Validation })
        {
            model.SetState(state);
            model.train();
            var trained = model.call(x);
            model.eval();
            Assert.True(trained.equal(model.call(x)).all().item<bool>());
            Assert.Equal(state, model.Model.State);
        }
    }

    [Fact]
    public void Convert_FixedInputScale_IsKeptWhateverTheData()
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Residual() with { Inputs = new(new Graphs.GraphInput("x", new(1, 1, 12, 12), 1.0 / 128)) };
        var model = Nets.Calibrated(graph);
        model.SetState(FakeQuantState.Qat);
        model.call(randn(2, 1, 12, 12) * 50);
        Assert.Equal(1.0 / 128, model.ConvertToFixedPoint().Signature.Inputs[0].Scales[0]);
    }

    [Fact]
    public void Convert_ShapeThatNobodyGave_IsTheLastBatchsOrAnError()
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Residual() with { Inputs = new(new Graphs.GraphInput("x", Seq<int>.Empty, 0.01)) };
        var model = new GraphQat(graph, Nets.State(graph));
        foreach (var node in model.Model.Nodes)
        {
            node.OutputQuantizer?.Observe(-1, 1);
        }

        Assert.Equal(ShapeRules.ShapeNeeded, Assert.Throws<QatGenException>(() => model.ConvertToFixedPoint()).Violations.Single().Rule);
        model.call(randn(4, 1, 20, 16));
        Assert.Equal(new Seq<int>(1, 1, 20, 16), model.ConvertToFixedPoint().Signature.Inputs[0].Shape);
    }
}
