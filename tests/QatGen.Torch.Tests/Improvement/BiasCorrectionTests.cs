using QatGen.Graphs;
using QatGen.Operators;
using QatGen.Torch.Improvement;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests.Improvement;

public sealed class BiasCorrectionTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly Graph _graph = Nets.Residual();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(BatchNormMode.FuseBN)]
    [InlineData(BatchNormMode.WithBN)]
    [InlineData(BatchNormMode.WithBNReverseFold)]
    public void CorrectBias_FewBits_TakesTheMeanErrorAway(BatchNormMode mode)
    {
        var state = Nets.State(_graph);
        var (model, real) = (Nets.Calibrated(_graph, config: new() { Weight = new() { Bits = 3 }, BatchNormMode = mode }), new GraphQat(_graph, state));
        var (before, other) = (Errors(model, real, 3), Errors(model, real, 4));
        var done = new List<double>();
        var report = model.CorrectBias(Data(3), done.Add);
        var after = Errors(model, real, 3);

        // The last layer's output is not rounded, so that nothing is left there.
        Assert.InRange(after.Mean, 0, 0.01 * before.Mean);
        Assert.InRange(Errors(model, real, 4).Mean, 0, 0.3 * other.Mean);
        Assert.InRange(Errors(model, real, 4).Square, 0, 0.9 * other.Square);
        Assert.Equal(7, report.Layers.Count);
        Assert.Equal(Enumerable.Range(1, 7).Select(static i => i / 7.0), done);
        Assert.All(report.Layers, static l => Assert.True(l.MeanShift > 0 && l.LargestShift >= l.MeanShift && l.Output > l.MeanShift, l.ToString()));
        Promise(model);
    }

    [Fact]
    public void CorrectBias_EveryOperatorWithWeights_LeavesNoMeanErrorAndKeepsThePromise()
    {
        foreach (var (op, example) in Catalogue.All.SelectMany(static o => o.Examples().Select(e => (o, e))).Where(static x => x.e.Nodes.Count == 1 && x.o.Constants(x.e.Node).Any(static r => r is { Kind: ConstantKind.Weight, Fixed.Count: 0 })))
        {
            using var scope = NewDisposeScope();
            var graph = Nets.Of(example);
            var model = Nets.Calibrated(graph, config: new() { Weight = new() { Bits = 2 } });
            var data = Nets.Batch(graph, 4);
            Tensor[] Copy() => [.. data.Select(static d => d.clone())];
            var first = model.CorrectBias([Copy()]).Layers.Single();
            var second = model.CorrectBias([Copy()]).Layers.Single();

            // FLOAT has the corrected bias too: the same error is found again.
            Assert.True(first.LargestShift > 0 && Math.Abs(second.MeanShift - first.MeanShift) < 0.01 * first.MeanShift, $"{op.Name} {example.Name}: {first}, {second}");
            var (fixedPoint, x) = (model.ConvertToFixedPoint(), Nets.Batch(graph, 2));
            Assert.Equal(NaivePrimitives.Run(fixedPoint, Nets.Quantized(fixedPoint.Signature, x)), model.ValidationIntegers(x).Data.Select(static v => (long)v));
        }
    }

    [Fact]
    public void CorrectBias_SavedAndLoaded_GivesTheSameIntegers()
    {
        var file = Path.GetTempFileName();
        try
        {
            var (model, loaded) = (Nets.Calibrated(_graph), Nets.Calibrated(_graph, seed: 5));
            model.CorrectBias(Data(3));
            model.Save(file);
            loaded.Load(file);
            var x = Nets.Batch(_graph, 4);
            Assert.Equal(model.ValidationIntegers(x).Data, loaded.ValidationIntegers(x).Data);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void CorrectBias_BadInput_NamesItAndChangesNothing()
    {
        var model = Nets.Calibrated(_graph);
        var before = model.state_dict().ToDictionary(static p => p.Key, static p => p.Value.clone());
        void Expect(Rule rule, string layer, Action act) => Assert.All(Assert.Throws<QatGenException>(act).Violations, v => Assert.Equal((rule, layer), (v.Rule, v.Layer)));
        Expect(TrainingRules.NoData, "", () => model.CorrectBias(Array.Empty<Tensor>()));
        Expect(QuantizationRules.NotANumber, "x", () => model.CorrectBias([full([2, 1, 12, 12], float.NaN)]));
        Expect(QuantizationRules.NotANumber, "stem.conv", () => model.CorrectBias([full([2, 1, 12, 12], float.PositiveInfinity)]));
        Assert.Throws<OperationCanceledException>(() => model.CorrectBias(Data(3), static done => _ = done > 0.5 ? throw new OperationCanceledException() : 0));
        Assert.All(model.state_dict().Where(static p => !p.Key.EndsWith("weight_quant.scale", StringComparison.Ordinal)), p => Assert.True(p.Value.equal(before[p.Key]).all().item<bool>(), p.Key));
        var fresh = new GraphQat(_graph, Nets.State(_graph));
        Assert.All(Assert.Throws<QatGenException>(() => fresh.CorrectBias(Data(3))).Violations, static v => Assert.Equal(QuantizationRules.NotCalibrated, v.Rule));
    }

    private static Tensor[] Data(int seed)
    {
        manual_seed(seed);
        return [.. Enumerable.Range(0, 4).Select(static _ => randn(32, 1, 12, 12))];
    }

    /// <summary>The root mean square of the outputs' mean errors, and the mean squared error.</summary>
    private static (double Mean, double Square) Errors(GraphQat model, GraphQat real, int seed)
    {
        using var grad = no_grad();
        var x = cat(Data(seed));
        model.eval();
        model.SetState(FakeQuantState.Validation);
        var error = model.call(x) - real.call(x);
        return (error.mean([0]).square().mean().sqrt().item<float>(), error.square().mean().item<float>());
    }

    private void Promise(GraphQat model)
    {
        var (fixedPoint, x) = (model.ConvertToFixedPoint(), Nets.Batch(_graph, 4));
        Assert.Equal(NaivePrimitives.Run(fixedPoint, Nets.Quantized(fixedPoint.Signature, x)), model.ValidationIntegers(x).Data.Select(static v => (long)v));
    }
}
