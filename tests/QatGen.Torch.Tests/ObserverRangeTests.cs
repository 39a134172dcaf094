using QatGen.Arithmetic;
using QatGen.Torch.Improvement;
using QatGen.Torch.Observers;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests;

/// <summary>The ranges that observers of data find, against plain computations of the same.</summary>
public sealed class ObserverRangeTests
{
    [Theory]
    [InlineData(99.99)]
    [InlineData(99)]
    [InlineData(100)]
    public void Percentile_OfABatch_IsTheQuantileWithinABin(double percentile)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var x = randn(20000);
        var observer = new PercentileObserver(percentile);
        observer.Observe(x);
        var (expected, bin) = (Sorted(x)[(int)Math.Ceiling(20000 * percentile / 100) - 1], Sorted(x)[^1] / 2048);
        Assert.InRange(Math.Max(-observer.Min[0], observer.Max[0]) - expected, -bin, bin * 1.001);
    }

    [Theory]
    [InlineData(8, 1)]
    [InlineData(4, 1)]
    [InlineData(3, 7)]
    public void Mse_OfABatch_IsTheBestOfAllParts(int bits, int stride)
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        var (x, range) = (cat([randn(3000), randn(20) * 8]), QuantRange.Of(DType.QInt8, bits));
        var observer = new MseObserver(range, stride);
        observer.Observe(x);
        var (values, largest) = (x.data<float>().ToArray(), Sorted(x)[^1]);
        double Error(double part)
        {
            var scale = largest * part / range.Half;
            return values.Sum(v => Math.Pow(v - (Quantization.Quantize(v, scale, range.Low, range.High) * scale), 2));
        }

        var best = Enumerable.Range(0, 95).Where(i => i % stride == 0).Select(static i => 1 - (0.01 * i)).MinBy(Error);
        Assert.Equal(Error(best), Error(Math.Max(-observer.Min[0], observer.Max[0]) / largest), Error(best) * 1e-5);
        Assert.True(bits == 8 || best < 0.9);
    }

    [Fact]
    public void Mix_OfABatch_IsNoWorseThanAnyOfItsPercentiles()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var (x, range) = (cat([randn(20000), full(3, 60f)]), QuantRange.Of(DType.QInt8, 4));
        var observer = new MixObserver(range);
        observer.Observe(x);
        double Error(double largest)
        {
            var scale = largest / range.Half;
            return x.data<float>().ToArray().Sum(v => Math.Pow(v - (Quantization.Quantize(v, scale, range.Low, range.High) * scale), 2));
        }

        var found = Math.Max(-observer.Min[0], observer.Max[0]);
        foreach (var percentile in new[] { 100, 99.99, 99.9 })
        {
            var one = new PercentileObserver(percentile);
            one.Observe(x);
            Assert.True(Error(found) <= Error(Math.Max(-one.Min[0], one.Max[0])) * 1.000001);
        }
    }

    [Fact]
    public void ClipAndClipStd_OfABatch_LimitTheRange()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        var x = randn(5000) + 0.5;
        var (clip, deviations) = (new ClipObserver(-1, 2), new ClipStdObserver(2));
        clip.Observe(x);
        deviations.Observe(x);
        Assert.Equal((-1f, 2f), (clip.Min[0], clip.Max[0]));
        var (mean, deviation) = (x.mean().item<float>(), x.std(unbiased: false).item<float>());
        Assert.Equal(mean - (2 * deviation), deviations.Min[0], 1e-4);
        Assert.Equal(mean + (2 * deviation), deviations.Max[0], 1e-4);
    }

    [Fact]
    public void Kl_OfNormalDataWithOutliers_CutsTheOutliersOnly()
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        var observer = new KlObserver();
        for (var i = 0; i < 4; i++)
        {
            observer.Observe(cat([randn(20000), full(2, 20f + i)]));
        }

        var largest = observer.Scales(DType.QInt8)[0] * 127.5;
        Assert.InRange(largest, 2.5, 12);

        // Even data loses nothing by being kept.
        var even = new KlObserver();
        even.Observe((rand(50000) * 2) - 1);
        Assert.InRange(even.Scales(DType.QInt8)[0] * 127.5, 0.9, 1.01);
    }

    [Fact]
    public void ResetScales_OfKeptHistograms_FindsThemAnewWithoutData()
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Residual();
        var model = Nets.Calibrated(graph, config: new() { Activation = new() { Observer = new ObserverSettings.Histogram(2048, new ObserverSettings.MinMax()) } });
        var (quantizer, seen) = (model.Model.Inputs[0].Quantizer, model.state_dict());
        var largest = Math.Max(-seen["x_quant.output_quant.min"].item<float>(), seen["x_quant.output_quant.max"].item<float>());
        Assert.Equal(largest / 127.5f, quantizer.Scale, 1e-6);
        var others = model.Model.Nodes.Single(static n => n.Node.Path == "pool").OutputQuantizer!.Scale;
        Assert.Equal(1, model.ResetScales(new ObserverSettings.Percentile(90), Selector.Input("x")));

        // The absolute value of normal data is below 1.645 in nine of ten.
        Assert.InRange(quantizer.Scale * 127.5, 1.4, 1.9);
        Assert.Equal(others, model.Model.Nodes.Single(static n => n.Node.Path == "pool").OutputQuantizer!.Scale);
        Assert.Equal(8, model.ResetScales());
        Assert.Equal(largest / 127.5f, quantizer.Scale, 1e-6);
        foreach (var method in new ObserverSettings[] { new ObserverSettings.Mse(), new ObserverSettings.Kl(), new ObserverSettings.Mix(), new ObserverSettings.ClipStd(2), new ObserverSettings.Clip(-1, 1), new ObserverSettings.Norm(), new ObserverSettings.FixedScale(0.25) })
        {
            Assert.Equal(8, model.ResetScales(method));
            Assert.InRange(quantizer.Scale, method is ObserverSettings.FixedScale ? 0.25 : 1e-3, method is ObserverSettings.FixedScale ? 0.25 : largest / 127.5 * 1.0001);
        }
    }

    public static TheoryData<ObserverSettings> All => new(
        new ObserverSettings.MinMax(), new ObserverSettings.MovingAverage(), new ObserverSettings.Percentile(99.5), new ObserverSettings.Mse(5), new ObserverSettings.Kl(256, 3), new ObserverSettings.Mix(),
        new ObserverSettings.Clip(-2, 2), new ObserverSettings.ClipStd(2.5), new ObserverSettings.Histogram(512), new ObserverSettings.FixedScale(0.03125));

    [Theory]
    [MemberData(nameof(All))]
    public void Calibrate_EachObserver_ObservesWeightsAndActivationsAndTrainsOn(ObserverSettings observer)
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Residual();
        var model = Nets.Calibrated(graph, config: new() { Activation = new() { Observer = observer }, Weight = new() { Observer = observer.FitsWeights ? observer : null, Bits = 4 } });
        Assert.Empty(model.CalibrationWarnings());
        model.SetState(FakeQuantState.Qat);
        (model.call(Nets.Batch(graph, 4)[0]) * randn(4, 10)).sum().backward();
        Assert.All(model.Model.Nodes.Where(static n => n.Weight is not null), static n => Assert.True(n.Weight!.grad!.isfinite().all().item<bool>()));
        var (fixedPoint, data) = (model.ConvertToFixedPoint(), Nets.Batch(graph, 3));
        Assert.Equal(NaivePrimitives.Run(fixedPoint, Nets.Quantized(fixedPoint.Signature, data)), model.ValidationIntegers(data).Data.Select(static v => (long)v));
    }

    [Fact]
    public void CalibrationWarnings_NoDataAndTooLongAnInterval_AreTold()
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Residual();
        var model = new GraphQat(graph, Nets.State(graph), new() { Rules = [new(Selector.Path("pool")) { Activation = new() { Observer = new ObserverSettings.Kl(512, 5) } }] });
        Assert.Equal(8, model.CalibrationWarnings().Count(static v => v.Rule == QuantizationRules.SawNoData));
        model.Calibrate([Nets.Batch(graph), Nets.Batch(graph)]);
        var warning = model.CalibrationWarnings().Single();
        Assert.Equal((QuantizationRules.IntervalTooLong, "pool", "5", "2"), (warning.Rule, warning.Layer, warning.Arguments[1], warning.Arguments[2]));
        model.Calibrate([Nets.Batch(graph), Nets.Batch(graph), Nets.Batch(graph)]);
        Assert.Empty(model.CalibrationWarnings());
    }

    [Fact]
    public void CalibrationWarnings_AfterLoadingAveragingAndEqualizing_CountTheBatchesThatCount()
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Residual();
        GraphQat New() => new(graph, Nets.State(graph), new() { Activation = new() { Observer = new ObserverSettings.Kl(512, 10) } });
        void Expect(GraphQat model, int count, int seen)
        {
            var warnings = model.CalibrationWarnings();
            Assert.Equal(count, warnings.Count);
            Assert.All(warnings, w => Assert.Equal((QuantizationRules.IntervalTooLong, "10", $"{seen}"), (w.Rule, w.Arguments[1], w.Arguments[2])));
        }

        Tensor[] Batches(int count) => [.. Enumerable.Range(0, count).Select(_ => Nets.Batch(graph)[0])];
        var model = New();
        model.Calibrate(Batches(4));
        Expect(model, 8, 4);
        var path = Path.GetTempFileName();
        model.Save(path);
        var loaded = New();
        loaded.Load(path);
        File.Delete(path);
        Expect(loaded, 8, 4);
        loaded.SetAveragingConstant(0.5);
        Expect(loaded, 8, 4);
        loaded.Calibrate(Batches(6));
        Expect(loaded, 0, 0);

        // What equalization makes forget begins to count anew.
        model.Calibrate(Batches(8));
        model.Equalize();
        model.Calibrate(Batches(5));
        Expect(model, 3, 5);
        model.Calibrate(Batches(5));
        Expect(model, 0, 0);
    }

    [Theory]
    [InlineData(FakeQuantKind.Statistical, 8)]
    [InlineData(FakeQuantKind.Lsq, 0)]
    [InlineData(FakeQuantKind.Pact, 0)]
    public void CalibrationWarnings_ScalesThatAreFrozenMeanwhile_CountWhatChangedNothing(FakeQuantKind kind, int count)
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Residual();
        void Expect(GraphQat model, int batches)
        {
            var warnings = model.CalibrationWarnings();
            Assert.Equal(batches > 0 ? count : 0, warnings.Count);
            Assert.All(warnings, w => Assert.Equal((TrainingRules.FrozenInCalibration, RuleSeverity.Warning, $"{batches}"), (w.Rule, w.Rule.Severity, w.Arguments[1])));
        }

        var model = new GraphQat(graph, Nets.State(graph), new() { Activation = new() { Kind = kind, AveragingConstant = 0 } });
        model.Calibrate([Nets.Batch(graph)]);
        Expect(model, 0);
        model.Calibrate([Nets.Batch(graph), Nets.Batch(graph)]);
        Expect(model, 2);

        // As it is meant: calibrated, frozen, trained.
        model.SetAveragingConstant(0.01);
        model.Calibrate([Nets.Batch(graph), Nets.Batch(graph)]);
        model.SetAveragingConstant(0);
        model.SetState(FakeQuantState.Qat);
        model.call(Nets.Batch(graph)[0]);
        Expect(model, 0);
    }

    public static TheoryData<ObserverSettings> Ways => new(
        new ObserverSettings.MinMax(), new ObserverSettings.MovingAverage(), new ObserverSettings.Percentile(), new ObserverSettings.Mse(), new ObserverSettings.Kl(), new ObserverSettings.Mix(), new ObserverSettings.ClipStd(),
        new ObserverSettings.Histogram(), new ObserverSettings.Histogram(512, new ObserverSettings.Norm()), new ObserverSettings.Histogram(512, new ObserverSettings.Kl()), new ObserverSettings.Histogram(512, new ObserverSettings.Mix()),
        new ObserverSettings.Histogram(512, new ObserverSettings.Percentile()), new ObserverSettings.Histogram(512, new ObserverSettings.ClipStd()), new ObserverSettings.Kl(512, 2), new ObserverSettings.Clip(-9, 9));

    [Theory]
    [MemberData(nameof(Ways))]
    public void Observe_OneValueOrANarrowRangeFarFromZero_IsRepresentedAtOnce(ObserverSettings way)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var narrow = 0.99997f + (rand(2000) * 3e-5f);
        foreach (var (batch, largest) in new (Tensor, double)[] { (ones(50), 1), (full(50, -2.5f), 2.5), (zeros(50), 0), (narrow, 1), (-narrow, 1), (full(1, 3e-30f), 0) })
        {
            var quantizer = new Quantizers.OutputQuantizer("layer", Quantizers.ActivationQuantization.BuiltIn with { Observer = way });
            for (var i = 0; i < 4; i++)
            {
                quantizer.Observe(batch);
            }

            Assert.InRange(quantizer.Scale, (float)Math.Max(largest * 0.98 / 127.5, Math.Pow(2, -23)), (float)Math.Max(largest * 1.02 / 127.5, Math.Pow(2, -23)));
        }
    }

    private static float[] Sorted(Tensor x) => [.. x.abs().data<float>().ToArray().Order()];
}
