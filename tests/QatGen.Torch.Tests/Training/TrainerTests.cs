using QatGen.Torch.Training;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("qatgen").FullName;
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Fit_FloatThenQat_LearnsMeasuresAndKeepsTheBest()
    {
        var (set, test) = (Patterns.Set(128, 16), Patterns.Set(100, 32, seed: 7));
        var progress = new List<TrainingProgress>();
        var (net, best) = (Patterns.FloatNet(), Path.Combine(_folder, "best.safetensors"));
        var recipe = new TrainingRecipe(6, OptimizerSettings.SGD(0.05)) { Schedule = RateSchedule.Cosine(), WarmUp = 0.1, ClipGradient = 5 };
        var result = new Trainer(net, set, test, new() { Progress = progress.Add, BestPath = best, Metrics = [Metric.Top1, Metric.TopK(2)] }).Fit(recipe);
        Assert.Equal(48, progress.Count);
        Assert.False(net.training);
        Assert.InRange(result.Metrics["top1"], 90, 100);
        Assert.InRange(result.Metrics["top2"], result.Metrics["top1"], 100);
        var measured = progress.Where(static p => p.Metrics is not null).Select(static p => p.Metrics!["top1"]).ToArray();
        Assert.Equal(6, measured.Length);
        Assert.Equal(measured.Max(), result.Best);
        Assert.Equal(Array.IndexOf(measured, measured.Max()) + 1, result.BestEpoch);
        var kept = Patterns.FloatNet(3);
        kept.LoadSafetensors(best);
        Assert.Equal(result.Best, new Trainer(kept, set).Evaluate(test)["top1"]);

        var (qat, file) = (Patterns.QatNet(), Path.Combine(_folder, "best.qat"));
        var trained = new Trainer(qat, set, test, new() { BestPath = file }).Fit(new TrainingRecipe(6, OptimizerSettings.SGD(0.02)));
        Assert.InRange(trained.Metrics["top1"], 90, 100);
        Assert.Equal(FakeQuantState.Qat, qat.Model.State);
        var loaded = Patterns.QatNet(3);
        loaded.Load(file);
        Assert.Equal(trained.Best, new Trainer(loaded, set).Evaluate(test)["top1"]);
    }

    [Fact]
    public void Fit_ModelWithTwoInputs_TrainsAndNamesWhichIsNoNumber()
    {
        manual_seed(1);
        var net = new Weighted();
        var set = new TrainingSet(64, 8, static (numbers, _) =>
        {
            var (a, b) = (tensor(numbers.Select(static n => (n % 8) - 4f).ToArray()), tensor(numbers.Select(static n => (n / 8) - 4f).ToArray()));
            return new(a, (2 * a) - (3 * b)) { Others = [b] };
        });
        var options = new TrainerOptions { Loss = static (y, t) => nn.functional.mse_loss(y, t), Metrics = [] };
        Tensor Forward(TrainingBatch batch) => net.call(batch.Input, batch.Others[0]);
        var result = new Trainer(net, Forward, set, set, options).Fit(new(20, OptimizerSettings.SGD(0.01)));
        Assert.InRange(result.Metrics["loss"], 0, 1e-3);
        Assert.Equal([2f, -3f], net.state_dict()["weight"].data<float>().ToArray().Select(static w => MathF.Round(w, 1)));

        var spoilt = set with { Read = (numbers, random) => set.Read(numbers, random) is var batch ? batch with { Others = [batch.Others[0] / zeros(1)] } : null! };
        var violation = Assert.Throws<QatGenException>(() => new Trainer(net, Forward, spoilt, null, options).Fit(new(1, OptimizerSettings.SGD(0.01)))).Violations.Single();
        Assert.Equal(["1", "the data of the batch"], violation.Arguments);
    }

    [Fact]
    public void FitAndEvaluate_StatesThatSelectorsGave_StayAsTheyAre()
    {
        var (qat, set) = (Patterns.QatNet(), Patterns.Set(16, 8));
        var selector = Selector.Path("block.conv1");
        var node = qat.Model.Nodes.Single(static n => n.Node.Path == "block.conv1");
        qat.SetState(FakeQuantState.Float, selector);
        var scale = node.OutputQuantizer!.Scale;
        var seen = new List<(FakeQuantState, FakeQuantState)>();
        var trainer = new Trainer(qat, batch =>
        {
            seen.Add((qat.Model.State, qat.Model.Session.StateOf(node)));
            return qat.call(batch.Input);
        }, set, set, null);
        trainer.Fit(new(1, OptimizerSettings.SGD(0.01)));
        Assert.Equal([(FakeQuantState.Qat, FakeQuantState.Float), (FakeQuantState.Validation, FakeQuantState.Float)], seen.Distinct());
        Assert.Equal(scale, node.OutputQuantizer.Scale);
    }

    [Fact]
    public void Evaluate_QatModel_IsValidationAndChangesNothing()
    {
        var (qat, test) = (Patterns.QatNet(), Patterns.Set(40, 16, seed: 7));
        qat.SetState(FakeQuantState.Qat);
        var scale = qat.Model.Inputs[0].Quantizer.Scale;
        var measured = new Trainer(qat, test).Evaluate(test);
        Assert.Equal((FakeQuantState.Qat, true, scale), (qat.Model.State, qat.training, qat.Model.Inputs[0].Quantizer.Scale));
        var all = test.Read([.. Enumerable.Range(0, 40)], null);
        qat.SetState(FakeQuantState.Validation);
        var output = qat.call(all.Input);
        Assert.Equal(100.0 * (output.argmax(1) == all.Target).sum().item<long>() / 40, measured["top1"], 1e-9);
        Assert.Equal(nn.functional.cross_entropy(output, all.Target).item<float>(), measured["loss"], 1e-5);
    }

    [Fact]
    public void Rate_Recipes_AreThoseOfTheFormulas()
    {
        var recipe = new TrainingRecipe(100, OptimizerSettings.SGD(0.1)) { Schedule = RateSchedule.Cosine(0.1), WarmUp = 0.1 };
        Assert.Equal(0.1 * 1 / 100, recipe.Rate(0, 1000), 1e-6);
        Assert.Equal(0.1 * (0.1 + (0.9 * 0.5)), recipe.Rate(500, 1000), 1e-9);
        Assert.Equal(0.1 * (0.1 + (0.9 * (1 + Math.Cos(0.75 * Math.PI)) / 2)), recipe.Rate(750, 1000), 1e-9);
        var qat = recipe.ForQat();
        Assert.Equal((15, 0.001, 0.0), (qat.Epochs, qat.Optimizer.Rate, qat.WarmUp));
        Assert.Equal([1e-3, 1e-4, 1e-5], new[] { qat.Rate(0, 9), qat.Rate(3, 9), qat.Rate(8, 9) }.Select(static r => Math.Round(r, 12)));
        Assert.Equal(0.05, TrainingRecipe.Float(4).Rate(50, 100), 1e-9);
        var gentle = recipe.ForQat(0.1, isGentle: true);
        Assert.Equal([(10, 1e-4), (10, 1e-5)], new[] { (gentle.Epochs, gentle.Rate(0, 10)), (gentle.Epochs, Math.Round(gentle.Rate(5, 10), 12)) });
    }

    [Theory]
    [InlineData("data", "the data of the batch")]
    [InlineData("layer", "the output of 'relu'")]
    [InlineData("weight", "'fc.weight'")]
    [InlineData("loss", "the loss")]
    [InlineData("gradient", "the gradient of 'conv.weight'")]
    public void Fit_NotANumber_NamesStepAndPlace(string where, string place)
    {
        var set = Patterns.Set(32, 8);
        var net = Patterns.FloatNet();
        var options = new TrainerOptions();
        switch (where)
        {
            case "data":
                set = set with { Read = Spoilt(set, static input => input.index_put_(float.NaN, [tensor(2L)])) };
                break;
            case "layer":
                net = nn.Sequential(("conv", nn.Conv2d(1, 2, kernel_size: 3)), ("relu", new Reciprocal()), ("flatten", nn.Flatten()), ("fc", nn.Linear(200, 4)));
                break;
            case "weight":
                using (no_grad())
                {
                    net.state_dict()["fc.weight"][1, 3] = float.PositiveInfinity;
                }

                break;
            case "loss":
                options = options with { Loss = static (output, target) => nn.functional.cross_entropy(output, target) / zeros(1) };
                break;
            default:
                // sqrt(0) has the value 0 and the slope infinity.
                options = options with { Loss = static (output, _) => (output * 0).abs().sqrt().sum() };
                break;
        }

        var violation = Assert.Throws<QatGenException>(() => new Trainer(net, set, null, options).Fit(new(1, OptimizerSettings.SGD(0.1)))).Violations.Single();
        Assert.Equal(TrainingRules.NotFinite, violation.Rule);
        Assert.Equal(["1", place], violation.Arguments);
        Assert.DoesNotContain(net.state_dict().Where(p => where != "weight"), static p => p.Value.is_floating_point() && p.Key.StartsWith("fc", StringComparison.Ordinal) && !p.Value.isfinite().all().item<bool>());
    }

    [Fact]
    public void Fit_QatOnDataThatIsNoNumber_NamesTheInput()
    {
        var set = Patterns.Set(32, 8);
        set = set with { Read = Spoilt(set, static input => input.index_put_(float.NaN, [tensor(2L)])) };
        var violation = Assert.Throws<QatGenException>(() => new Trainer(Patterns.QatNet(), set).Fit(new(1, OptimizerSettings.SGD(0.1)))).Violations.Single();
        Assert.Equal((QuantizationRules.NotANumber, "x"), (violation.Rule, violation.Layer));
    }

    [Fact]
    public void FitAndEvaluate_NoFramesOneFrameOrOtherTargets_AreErrors()
    {
        var recipe = new TrainingRecipe(1, OptimizerSettings.SGD(0.1));
        var empty = Patterns.Set(8, 4) with { Count = 0 };
        Assert.Equal(TrainingRules.NoData, Rule(() => new Trainer(Patterns.FloatNet(), empty).Fit(recipe)));
        Assert.Equal(TrainingRules.NoData, Rule(() => new Trainer(Patterns.FloatNet(), empty).Evaluate(empty)));
        Assert.Equal(TrainingRules.OneFrame, Rule(() => new Trainer(Patterns.FloatNet(), Patterns.Set(8, 1)).Fit(recipe)));
        Assert.Equal(TrainingRules.OneFrame, Rule(() => new Trainer(Patterns.QatNet(1, BatchNormMode.WithBN), Patterns.Set(8, 1)).Fit(recipe)));
        Assert.Equal(TrainingRules.Targets, Rule(() => TrainingSet.Of(zeros(4, 1), zeros(3), 2)));
        Assert.Equal(TrainingRules.NoLiveNorm, Rule(() => new Trainer(Patterns.QatNet(), Patterns.Set(8, 4)).Fit(recipe with { FreezeBatchNormAfter = 0.5 })));
        new Trainer(Patterns.QatNet(), Patterns.Set(8, 1)).Fit(recipe);

        Assert.Throws<ArgumentOutOfRangeException>(static () => Metric.TopK(0));
        Assert.Throws<ArgumentOutOfRangeException>(static () => QTemplates.Sensitive([], -1));
        Assert.Throws<ArgumentOutOfRangeException>(static () => QTemplates.SensitiveShare([], double.NaN));

        static Rule Rule(Action action) => Assert.Throws<QatGenException>(action).Violations.Single().Rule;
    }

    [Fact]
    public void Fit_OneFrameAndFrozenNorms_Trains()
    {
        var (set, recipe) = (Patterns.Set(8, 1), new TrainingRecipe(1, OptimizerSettings.SGD(0.1)) { FreezeBatchNormAfter = 0 });
        new Trainer(Patterns.QatNet(1, BatchNormMode.WithBN), set).Fit(recipe);
        var frozen = Patterns.QatNet(1, BatchNormMode.WithBN);
        frozen.FreezeBatchNorm();
        new Trainer(frozen, set).Fit(recipe with { FreezeBatchNormAfter = 1 });
    }

    [Fact]
    public void Fit_MeasurementThatIsNoNumber_IsNeverTheBest()
    {
        var set = Patterns.Set(16, 8);
        var (spoilt, best) = (0, Path.Combine(_folder, "best.safetensors"));
        var test = set with { Read = Spoilt(set, input => _ = spoilt++ < 2 ? input.fill_(float.NaN) : input) };
        var options = new TrainerOptions { Metrics = [], BestPath = best };
        Assert.Equal((0, double.NaN), Best(1));
        Assert.False(File.Exists(best));
        spoilt = 0;
        Assert.Equal(2, Best(2).Epoch);
        Assert.True(File.Exists(best));

        (int Epoch, double Value) Best(int epochs)
        {
            var result = new Trainer(Patterns.FloatNet(), set, test, options).Fit(new(epochs, OptimizerSettings.SGD(0.01)));
            return (result.BestEpoch, result.Best);
        }
    }

    [Fact]
    public void Fit_RecipeOutOfRange_ListsEverySetting()
    {
        var recipe = new TrainingRecipe(-1, new(OptimizerKind.SGD, double.NaN) { Nesterov = true, WeightDecay = -1, Beta2 = 1 })
        {
            WarmUp = 2,
            ClipGradient = -1,
            FreezeBatchNormAfter = -0.1,
            Schedule = RateSchedule.Steps([0.5], double.PositiveInfinity),
        };
        var net = Patterns.FloatNet();
        var before = Patterns.Bytes(net);
        var violations = Assert.Throws<QatGenException>(() => new Trainer(net, Patterns.Set(16, 8)).Fit(recipe)).Violations;
        Assert.All(violations, static v => Assert.Equal(QuantizationRules.SettingOutOfRange, v.Rule));
        Assert.Equal(
            ["epochs", "warm-up", "gradient clipping", "part before batch norms freeze", "decay factor", "rate", "weight decay", "Nesterov momentum", "beta 2"],
            violations.Select(static v => v.Arguments[2]));
        Assert.Equal(before, Patterns.Bytes(net));
    }

    [Fact]
    public void Report_Steps_WritesOneLineOverAndOnePerEpoch()
    {
        using var text = new StringWriter();
        var progress = new ConsoleProgress(text);
        progress.Report(new(1, 2, 1, 4, 0.51234, 0.1, null));
        progress.Report(new(1, 2, 2, 4, 0.25, 0.1, new Dictionary<string, double> { ["top1"] = 91.25 }));
        var lines = text.ToString().Split('\r', '\n').Where(static l => l.Length > 0).ToArray();
        Assert.StartsWith("epoch 1/2  step 1/4  loss 0.5123  rate 0.1  ", lines[0]);
        Assert.StartsWith("epoch 1/2  step 2/4  loss 0.2500  rate 0.1  top1 91.25  ", lines[1]);
        Assert.Equal(2, lines.Length);
    }

    private static Func<int[], Random?, TrainingBatch> Spoilt(TrainingSet set, Action<Tensor> spoil) => (numbers, random) =>
    {
        var batch = set.Read(numbers, random);
        spoil(batch.Input);
        return batch;
    };

    /// <summary>w0 * a + w1 * b.</summary>
    private sealed class Weighted : nn.Module<Tensor, Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Parameter weight = new(zeros(2));

        public Weighted() : base("Weighted") => RegisterComponents();

        public override Tensor forward(Tensor a, Tensor b) => (weight[0] * a) + (weight[1] * b);
    }

    /// <summary>Infinite where its input is 0, which a ReLU makes often.</summary>
    private sealed class Reciprocal() : nn.Module<Tensor, Tensor>("Reciprocal")
    {
        public override Tensor forward(Tensor input) => 1 / input.relu();
    }
}
