using QatGen.Graphs;
using QatGen.Operators;
using QatGen.Primitives;
using QatGen.Torch.Improvement;
using QatGen.Torch.Observers;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests.Improvement;

public sealed class AdaRoundTests : IDisposable
{
    private static readonly AdaRoundOptions Short = new() { Iterations = 150, LearningRate = 0.03 };

    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly Graph _graph = Nets.Residual() with { March = March.NashE };

    public static TheoryData<string, string> Examples
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var (op, example) in Catalogue.All.SelectMany(static o => o.Examples().Select(e => (o, e))).Where(static x => x.e.Nodes.Count == 1 && x.o.Constants(x.e.Node).Any(static r => r is { Kind: ConstantKind.Weight, Fixed.Count: 0 })))
            {
                all.Add(op.Name, example.Name);
            }

            return all;
        }
    }

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(2, 0.6)]
    [InlineData(3, 0.6)]
    [InlineData(4, 0.6)]
    public void AdaRound_FewBits_HasLessErrorThanNearestOnOtherDataToo(int bits, double part)
    {
        var model = Nets.Calibrated(_graph, config: Bits(bits));
        var before = (Error(model), Scales(model), Integers(model));
        var done = new List<double>();
        var report = model.AdaRound(Data(), Short with { Iterations = 400 }, done.Add);

        Assert.InRange(Error(model), 0, part * before.Item1);
        Assert.Equal(before.Item2, Scales(model));
        Assert.Equal(["stem.conv", "block.conv1", "block.conv2", "block.down", "deep.conv", "deep.point", "fc"], report.Layers.Select(static l => l.Layer));
        Assert.All(report.Layers, l => Assert.True(l.Bits == bits && (l.Changed == 0 ? l.Error == l.NearestError : l.Error < l.NearestError), l.ToString()));
        Assert.Equal(report.Layers.Sum(static l => l.Changed), Integers(model).Zip(before.Item3).Count(static p => p.First != p.Second));
        Assert.All(Integers(model).Zip(before.Item3), static p => Assert.InRange(p.First - p.Second, -1, 1));
        Assert.All(Integers(model), q => Assert.InRange(q, -(1 << (bits - 1)), (1 << (bits - 1)) - 1));
        Assert.Equal(done.Order(), done);
        Assert.Equal(1, done[^1]);
        Promise(model);

    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void AdaRound_EveryOperatorWithWeights_KeepsThePromise(string op, string example)
    {
        var graph = Nets.Of(Catalogue.Get(op).Examples().Single(e => e.Name == example));
        var model = Nets.Calibrated(graph, config: Bits(3));
        var report = model.AdaRound([Nets.Batch(graph, 4), Nets.Batch(graph, 3)], Short with { Iterations = 40, LearningRate = 0.1 });
        var layer = report.Layers.Single();
        Assert.True(layer.Changed > 0 || layer.Remark == "nearest is best" || layer.NearestError == 0 || layer.Weights < 8, layer.ToString());
        Promise(model);
    }

    [Fact]
    public void AdaRound_SameSeed_GivesTheSameBits()
    {
        int[] Run(int seed)
        {
            var model = Nets.Calibrated(_graph, config: Bits(3));
            model.AdaRound(Data(), Short with { Seed = seed, Iterations = 60 });
            return Integers(model);
        }

        Assert.Equal(Run(1), Run(1));
        Assert.NotEqual(Run(1), Run(2));
    }

    public static TheoryData<string, QConfig> Configurations => new()
    {
        { "raw batch norms", Bits(4) with { BatchNormMode = BatchNormMode.WithBN } },
        { "folded batch norms", Bits(4) with { BatchNormMode = BatchNormMode.WithBNReverseFold } },
        { "learned", new() { Weight = new() { Bits = 4, Kind = FakeQuantKind.Lsq }, Activation = new() { Kind = FakeQuantKind.Lsq } } },
        { "limits", new() { Weight = new() { Bits = 4 }, Activation = new() { Kind = FakeQuantKind.Pact } } },
        { "least squares", new() { Weight = new() { Bits = 4, Observer = new ObserverSettings.Mse() } } },
        { "averaged", new() { Weight = new() { Bits = 4, AveragingConstant = 0.1 } } },
        { "fixed", new() { Weight = new() { Bits = 4, Observer = new ObserverSettings.FixedScale(0.05) } } },
        { "int16", new() { Weight = new() { Bits = 8 }, Activation = new() { DType = DType.QInt16 } } },
    };

    [Theory]
    [MemberData(nameof(Configurations))]
    public void AdaRound_EachConfiguration_KeepsScalesAndPromise(string name, QConfig config)
    {
        var model = Nets.Calibrated(_graph, config: config);
        var (error, scales) = (Error(model), Scales(model));
        var report = model.AdaRound(Data(), Short);
        Assert.True(report.Layers.Sum(static l => l.Changed) > 100, name + "\n" + report);
        Assert.Equal(scales, Scales(model));
        Assert.True(config.Weight.Bits == 8 || Error(model) < error);
        Promise(model);
    }

    [Fact]
    public void Step_BehindAdaRound_TrainsAtTheFrozenScales()
    {
        var model = Nets.Calibrated(_graph, config: Bits(3));
        model.AdaRound(Data(), Short);
        var scales = Scales(model);
        model.SetState(FakeQuantState.Qat);
        using var optimizer = optim.SGD(model.parameters(), 0.05, momentum: 0.9);
        var before = Integers(model);
        for (var i = 0; i < 20; i++)
        {
            using var step = NewDisposeScope();
            var (x, t) = TrainingTests.Data(16);
            TrainingTests.Step(model, optimizer, x, t);
        }

        Assert.Equal(scales, Scales(model));
        Assert.NotEqual(before, Integers(model));
        Promise(model);

        model.Model.LoadFloat(Nets.State(_graph));
        Assert.Equal(Scales(Nets.Calibrated(_graph, config: Bits(3))), Scales(model));
    }

    [Fact]
    public void Step_RawLiveNormsAtFrozenScales_IsRefusedUntilTheyAreFrozen()
    {
        var model = Nets.Calibrated(_graph, config: Bits(3) with { BatchNormMode = BatchNormMode.WithBN });
        model.AdaRound(Data(), Short);
        model.SetState(FakeQuantState.Qat);
        model.train();
        Assert.Equal(TrainingRules.RawScale, Assert.Throws<QatGenException>(() => model.call(Nets.Batch(_graph)[0])).Violations.Single().Rule);
        model.FreezeBatchNorm();
        model.call(Nets.Batch(_graph)[0]);
        Promise(model);
    }

    [Fact]
    public void Load_SavedBehindAdaRound_GivesTheSameIntegersInEveryFormat()
    {
        var folder = Directory.CreateTempSubdirectory("qatgen").FullName;
        try
        {
            var (rounded, plain) = (Nets.Calibrated(_graph, config: Bits(3)), Nets.Calibrated(_graph, seed: 5, config: Bits(3)));
            plain.Save(folder + "/plain.qat");
            var follows = Scales(plain);
            rounded.AdaRound(Data(), Short);
            rounded.Save(folder + "/net.qat");
            rounded.SaveSafetensors(folder + "/net.safetensors");
            foreach (var load in new Action<GraphQat>[] { m => m.Load(folder + "/net.qat"), m => m.LoadSafetensors(folder + "/net.safetensors") })
            {
                load(plain);
                var x = Nets.Batch(_graph);
                Assert.Equal(rounded.ValidationIntegers(x).Data, plain.ValidationIntegers(x).Data);
                Assert.Equal(Integers(rounded), Integers(plain));
                plain.Load(folder + "/plain.qat");
                Assert.Equal(follows, Scales(plain));
            }

            var other = Nets.Calibrated(_graph, seed: 5, config: Bits(4));
            var before = Integers(other);
            Assert.Contains(Assert.Throws<QatGenException>(() => other.Load(folder + "/net.qat")).Violations, static v => v.Rule == TrainingRules.BitsDiffer);
            Assert.Equal(before, Integers(other));
            Assert.DoesNotContain("stem.conv.weight_quant.frozen", other.state_dict().Keys);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Batches beyond the budget run anew from the input, also behind layers that have changed by then.</summary>
    [Theory]
    [InlineData(BatchNormMode.FuseBN)]
    [InlineData(BatchNormMode.WithBNReverseFold)]
    public void AdaRoundAndCorrectBias_ValuesThatAreNotKept_GiveTheSameBits(BatchNormMode mode)
    {
        float[][] Run(long budget)
        {
            var model = Nets.Calibrated(_graph, config: Bits(3) with { BatchNormMode = mode });
            var correction = new BiasCorrection(null).Run(model.Model, new(model, Data().Select(static b => new[] { b }), "", budget));
            var report = new AdaRounding(model.Model, Short with { Iterations = 30, LearningRate = 0.1 }, [], null).Run(new(model, Data().Select(static b => new[] { b }), "", budget));
            Assert.Equal((7, 7), (correction.Layers.Count, report.Layers.Count));
            Assert.True(report.Layers.Sum(static l => l.Changed) > 100);
            return
            [
                [.. model.state_dict().Values.SelectMany(static t => t.to(ScalarType.Float32).reshape(-1).data<float>().ToArray())],
                [.. report.Layers.SelectMany(static l => new[] { (float)l.NearestError, (float)l.Error })], [.. correction.Layers.Select(static l => (float)l.LargestShift)],
            ];
        }

        var everything = Run(long.MaxValue);
        Assert.Equal(everything, Run(1));
        Assert.Equal(everything, Run(1 << 20));
    }

    [Fact]
    public void LayerWalk_Budget_IsKeptAndSoIsThatOfSamples()
    {
        const long Budget = 1 << 18;
        var model = Nets.Calibrated(_graph, config: Bits(3));
        var counts = new Dictionary<string, long>();
        long Most(long budget)
        {
            var (before, most) = (Tensor.TotalCount, 0L);
            new LayerWalk(model, Data().Select(static b => new[] { b }), "", budget).Run(_ => most = Math.Max(most, Tensor.TotalCount - before));
            return most;
        }

        // At most two values are read later, each in both models; of 3 batches the first is always kept.
        Assert.Equal(2 * 2 * 2, Most(long.MaxValue) - Most(1));
        new LayerWalk(model, Data().Select(static b => new[] { b }), "", 1).Run(visit =>
        {
            if (visit.Node.HasOwnWeight)
            {
                using var scope = NewDisposeScope();
                var (whole, part) = (LayerSamples.Of(visit, long.MaxValue, 1)!, LayerSamples.Of(visit, Budget, 1)!);
                Assert.Equal(96, whole.Count);
                var (inputs, targets) = part.At(arange(part.Count));
                var bytes = sizeof(float) * (targets.numel() + inputs.Sum(static i => ((QatValue.Activation)i).Data.numel()));
                Assert.True(bytes <= Budget && (part.Count == 96 || bytes + (bytes / part.Count) > Budget), $"{visit.Node.Node.Path}: {bytes} bytes");
                counts[visit.Node.Node.Path] = part.Count;

                // Each of them is a frame of the whole, in its order.
                var found = cdist(targets.flatten(1), whole.At(arange(96)).Targets.flatten(1)).argmin(1).data<long>().ToArray();
                Assert.Equal(found.Distinct().Order(), found);
                Assert.NotEqual(found, LayerSamples.Of(visit, Budget, 2)!.Count == 96 ? [] : cdist(LayerSamples.Of(visit, Budget, 2)!.At(arange(part.Count)).Targets.flatten(1), whole.At(arange(96)).Targets.flatten(1)).argmin(1).data<long>().ToArray());
            }
        });
        Assert.Equal(96, counts["fc"]);
        Assert.InRange(counts["block.conv2"], 40, 95);
    }

    [Fact]
    public void AdaRound_FramesBeyondTheMemory_ChoosesByThoseThatFit()
    {
        var model = Nets.Calibrated(_graph, config: Bits(3));
        var before = Error(model);
        manual_seed(3);
        model.AdaRound([.. Enumerable.Range(0, 8).Select(static _ => randn(64, 1, 12, 12))], Short with { Memory = 1 });
        Assert.InRange(Error(model), 0, 0.7 * before);
        Promise(model);
    }

    [Fact]
    public void AdaRound_Selected_ChangesTheseOnly()
    {
        var (model, plain) = (Nets.Calibrated(_graph, config: Bits(3)), Nets.Calibrated(_graph, config: Bits(3)));
        var report = model.AdaRound(Data(), Short, null, Selector.Under("block"), Selector.Operator("Linear"));
        Assert.Equal(["block.conv1", "block.conv2", "block.down", "fc"], report.Layers.Select(static l => l.Layer).Order());
        string[] changed = [.. plain.state_dict().Where(p => !p.Value.equal(model.state_dict()[p.Key]).all().item<bool>()).Select(static p => p.Key).Where(static k => k.EndsWith("weight", StringComparison.Ordinal)).Order()];
        Assert.Equal(["block.conv1.weight", "block.conv2.weight", "block.down.weight", "fc.weight"], changed);
    }

    [Fact]
    public void AdaRound_LayerCalledTwice_ChoosesOnceAndKeepsThePromise()
    {
        var graph = Nets.Of([1, 4, 6, 6], Nets.Conv("a", 0, 4, 4, bias: true), Nets.Call("ReLU", "relu", 1), Nets.Conv("a#1", 2, 4, 4, bias: true), Nets.Conv("b", 3, 4, 5, bias: true));
        var model = Nets.Calibrated(graph, config: Bits(3));
        Assert.Empty(model.Equalize().Pairs);
        Assert.Equal(["a", "b"], model.CorrectBias([Nets.Batch(graph, 8)]).Layers.Select(static l => l.Layer));
        var report = model.AdaRound([Nets.Batch(graph, 8), Nets.Batch(graph, 8)], Short with { LearningRate = 0.1 });
        Assert.Equal(["a", "b"], report.Layers.Select(static l => l.Layer));
        Assert.All(report.Layers, static l => Assert.True(l.Changed > 0, l.ToString()));
        Promise(model);
    }

    [Fact]
    public void AdaRound_BadInput_NamesItAndChangesNothing()
    {
        var model = Nets.Calibrated(_graph, config: Bits(3));
        var before = Integers(model);
        Expect(TrainingRules.NoData, "", () => model.AdaRound(Array.Empty<Tensor>()));
        Expect(ShapeRules.InputCount, "", () => model.AdaRound([[.. Data().Take(2)]]));
        Expect(ShapeRules.InputShape, "x", () => model.AdaRound([randn(2, 1, 5, 5)]));
        Expect(QuantizationRules.NotANumber, "x", () => model.AdaRound([full([2, 1, 12, 12], float.NaN)]));
        Expect(QuantizationRules.NotANumber, "stem.conv", () => model.AdaRound([full([2, 1, 12, 12], float.PositiveInfinity)]));
        Expect(QuantizationRules.SelectsNothing, "", () => model.AdaRound(Data(), Short, null, Selector.Path("pool")));
        foreach (var options in new AdaRoundOptions[] { new() { Iterations = 0 }, new() { BatchSize = 0 }, new() { Memory = 0 }, new() { LearningRate = double.NaN }, new() { WarmUp = 1 }, new() { Regularization = -1 }, new() { LastBeta = 0 }, new() { FirstBeta = 1 } })
        {
            Expect(QuantizationRules.SettingOutOfRange, "", () => model.AdaRound(Data(), options));
        }

        // Broken off in the third layer.
        Assert.Throws<OperationCanceledException>(() => model.AdaRound(Data(), Short with { Iterations = 20 }, static done => _ = done > 0.4 ? throw new OperationCanceledException() : 0));
        Assert.Equal(before, Integers(model));
        Expect(QuantizationRules.NotCalibrated, null, () => new GraphQat(_graph, Nets.State(_graph)).AdaRound(Data()));
    }

    [Fact]
    public void AdaRound_Repeated_KeepsNoTensors()
    {
        var model = Nets.Calibrated(_graph, config: Bits(3));
        var layers = model.AdaRound(Data(), Short).Layers.Count;

        // TorchSharp goes on counting the tensor that a parameter was made of.
        var before = Tensor.TotalCount;
        using (NewDisposeScope())
        {
            new TorchSharp.Modules.Parameter(zeros(1)).Dispose();
        }

        var perLayer = Tensor.TotalCount - before;
        var (first, second) = (Tensors(model, 3), Tensors(model, 30));
        Assert.Equal((layers * perLayer, first.Peak), (first.Kept, second.Peak));
    }

    private static (long Kept, long Peak) Tensors(GraphQat model, int iterations)
    {
        var (before, peak) = (Tensor.TotalCount, 0L);
        using (NewDisposeScope())
        {
            model.AdaRound(Data(), Short with { Iterations = iterations }, _ => peak = Math.Max(peak, Tensor.TotalCount - before));
        }

        return (Tensor.TotalCount - before, peak);
    }

    private static void Expect(Rule rule, string? layer, Action act) =>
        Assert.All(Assert.Throws<QatGenException>(act).Violations, v => Assert.Equal((rule, layer ?? v.Layer), (v.Rule, v.Layer)));

    private static QConfig Bits(int bits) => new() { Weight = new() { Bits = bits } };

    private static Tensor[] Data()
    {
        manual_seed(3);
        return [.. Enumerable.Range(0, 3).Select(static _ => randn(32, 1, 12, 12))];
    }

    /// <summary>The mean squared error of the outputs on data that nothing was chosen by.</summary>
    private double Error(GraphQat model)
    {
        using var grad = no_grad();
        var float32 = new GraphQat(_graph, Nets.State(_graph));
        manual_seed(4);
        var x = randn(64, 1, 12, 12);
        var real = float32.call(x);
        model.SetState(FakeQuantState.Validation);
        return (model.call(x) - real).square().mean().item<float>();
    }

    private static float[] Scales(GraphQat model)
    {
        model.ConvertToFixedPoint();
        return [.. model.Model.Nodes.Where(static n => n.WeightQuantizer is not null).SelectMany(static n => n.WeightQuantizer!.Scales)];
    }

    private static int[] Integers(GraphQat model) => [.. model.ConvertToFixedPoint().Constants.OfType<WeightConstant>().SelectMany(static w => w.Values).Select(static v => (int)v)];

    private static void Promise(GraphQat model)
    {
        var fixedPoint = model.ConvertToFixedPoint();
        Tensor[] x = [.. model.Model.Inputs.Select(static i => randn([2, .. i.Shape.Skip(1).Select(static d => (long)d)]) * 1.5)];
        Assert.Equal(NaivePrimitives.Run(fixedPoint, Nets.Quantized(fixedPoint.Signature, x)), model.ValidationIntegers(x).Data.Select(static v => (long)v));
    }
}
