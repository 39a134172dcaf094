using QatGen.Torch.Improvement;
using QatGen.Torch.Training;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests.Training;

/// <summary>Training that was broken off goes on to the same bits.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("qatgen").FullName;
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    private string File => Path.Combine(_folder, "run.safetensors");

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("float", OptimizerKind.SGD, 3)]
    [InlineData("float", OptimizerKind.AdamW, 8)]
    [InlineData("float", OptimizerKind.Adam, 11)]
    [InlineData("FuseBN", OptimizerKind.SGD, 5)]
    [InlineData("WithBN", OptimizerKind.AdamW, 6)]
    [InlineData("WithBNReverseFold", OptimizerKind.SGD, 1)]
    [InlineData("Lsq", OptimizerKind.AdamW, 7)]
    [InlineData("Pact", OptimizerKind.SGD, 4)]
    [InlineData("AdaRound", OptimizerKind.SGD, 5)]
    public void Fit_BrokenOffAfterSomeSteps_GoesOnToTheSameBits(string kind, OptimizerKind optimizer, int broken)
    {
        var (set, test) = (Patterns.Set(40, 8), Patterns.Set(24, 8, seed: 7));
        var recipe = new TrainingRecipe(3, new(optimizer, 0.02) { Momentum = 0.9, WeightDecay = 1e-3 })
        {
            Schedule = RateSchedule.Cosine(),
            WarmUp = 0.2,
            ClipGradient = 2,
            FreezeBatchNormAfter = kind.StartsWith("With", StringComparison.Ordinal) ? 0.5 : 1,
        };

        nn.Module<Tensor, Tensor> Model(long seed) => kind switch
        {
            "float" => Patterns.FloatNet(seed),
            "AdaRound" => Rounded(seed),
            "Lsq" or "Pact" => Patterns.QatNet(seed, kind: Enum.Parse<FakeQuantKind>(kind)),
            _ => Patterns.QatNet(seed, Enum.Parse<BatchNormMode>(kind)),
        };
        var whole = Model(1);
        var losses = new List<double>();
        var expected = new Trainer(whole, set, test, new() { Seed = 5, Progress = p => losses.Add(p.Loss) }).Fit(recipe);

        var killed = Model(1);
        var options = new TrainerOptions { Seed = 5, ResumePath = File, CheckpointSteps = 1 };
        Assert.Throws<OperationCanceledException>(() => new Trainer(killed, set, test, options with
        {
            Progress = p => _ = p.Step == broken ? throw new OperationCanceledException() : p,
        }).Fit(recipe));

        // Another process: the model is made anew, with other numbers, and torch's generator is elsewhere.
        var resumed = Model(99);
        var later = new List<double>();
        var result = new Trainer(resumed, set, test, options with { Progress = p => later.Add(p.Loss) }).Fit(recipe);
        Assert.Equal(losses.Skip(broken), later);
        Assert.Equal(Patterns.Bytes(whole), Patterns.Bytes(resumed));
        Assert.Equal((expected.BestEpoch, expected.Best), (result.BestEpoch, result.Best));
        Assert.Equal(expected.Metrics, result.Metrics);

        // A run that is finished is not run again.
        Assert.Equal(expected.Metrics, new Trainer(Model(99), set, test, options).Fit(recipe).Metrics);

        // What goes on need not be rounded: the frozen scales come from the file.
        static GraphQat Rounded(long seed)
        {
            var model = Patterns.QatNet(seed);
            if (seed == 1)
            {
                manual_seed(2);
                Assert.Contains(model.AdaRound([randn(16, 1, 12, 12)], new() { Iterations = 20, LearningRate = 0.1 }).Layers, static l => l.Changed > 0);
            }

            return model;
        }
    }

    [Fact]
    public void Fit_FileOfAnotherConfiguration_NamesEachLayer()
    {
        var (set, recipe, options) = (Patterns.Set(16, 8), new TrainingRecipe(1, OptimizerSettings.SGD(0.01)), new TrainerOptions { ResumePath = File });
        var graph = Nets.Residual() with { March = March.NashE };
        GraphQat Model(int weightBits, DType type) => Nets.Calibrated(graph, config: new() { Weight = new() { Bits = weightBits }, Activation = new() { DType = type } });
        new Trainer(Model(4, DType.QInt8), set, null, options).Fit(recipe);
        var other = Model(8, DType.QInt16);
        var before = Patterns.Bytes(other);
        var violations = Assert.Throws<QatGenException>(() => new Trainer(other, set, null, options).Fit(recipe)).Violations;
        Assert.Equal(7, violations.Count(static v => v.Rule == TrainingRules.BitsDiffer));
        Assert.Equal(8, violations.Count(static v => v.Rule == QuantizationRules.TypeDiffers));
        Assert.Contains(violations, static v => v.Layer == "block.conv1");
        Assert.Equal(before, Patterns.Bytes(other));
        Assert.Equal(TrainingRules.NotQat, Assert.Throws<QatGenException>(() => other.LoadSafetensors(File)).Violations.Single().Rule);
        new Trainer(Model(4, DType.QInt8), set, null, options).Fit(recipe);
    }

    [Fact]
    public void Fit_FileOfAnotherRunOrModel_IsAnErrorThatSaysSo()
    {
        var set = Patterns.Set(16, 8);
        var recipe = new TrainingRecipe(1, OptimizerSettings.SGD(0.01));
        var options = new TrainerOptions { ResumePath = File };
        new Trainer(Patterns.FloatNet(), set, null, options).Fit(recipe);
        Assert.Equal(TrainingRules.OtherRun, Rule(() => new Trainer(Patterns.FloatNet(), set, null, options).Fit(recipe with { Epochs = 2 })));
        Assert.Equal(TrainingRules.OtherRun, Rule(() => new Trainer(Patterns.FloatNet(), set, null, options with { Seed = 1 }).Fit(recipe)));
        Assert.Equal(QuantizationRules.ParameterMissing, Rule(() => new Trainer(Patterns.QatNet(), set, null, options).Fit(recipe)));
        System.IO.File.WriteAllBytes(File, System.IO.File.ReadAllBytes(File)[..^9]);
        Assert.Equal(FileRules.Damaged, Rule(() => new Trainer(Patterns.FloatNet(), set, null, options).Fit(recipe)));
        Patterns.FloatNet().SaveSafetensors(File);
        Assert.Equal(FileRules.WrongKind, Rule(() => new Trainer(Patterns.FloatNet(), set, null, options).Fit(recipe)));

        static Rule Rule(Action fit) => Assert.Throws<QatGenException>(fit).Violations[0].Rule;
    }
}
