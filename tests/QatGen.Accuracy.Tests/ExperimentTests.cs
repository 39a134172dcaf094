using Accuracy;
using QatGen.Torch;
using QatGen.Torch.Training;

namespace QatGen.Accuracy.Tests;

/// <summary>The rows of the sample on a few images; AdaRound, which takes its time and has tests of its own, is left out.</summary>
public sealed class ExperimentTests
{
    private static readonly string[] FloatRows = [Method.Float, Method.FineTuned];

    [Fact]
    public void Run_OfAllMethods_MeasuresEachOnceWithoutADifferingInteger()
    {
        using var folder = new TemporaryFolder();
        var options = Options.Parse(["reference", "--output", folder.Path]).Options!;
        var methods = Method.Of(Method.FewestBits, BatchNormMode.WithBNReverseFold).Where(static m => m.Name != Method.AdaRound).ToArray();
        Run();
        var rows = new Results(options.ResultsPath).All;
        Assert.Equal([.. FloatRows, .. methods.Select(static m => m.Name)], rows.Select(static r => r.Method));
        Assert.All(rows.Where(static r => r.Bits < Method.FloatBits), static r => Assert.Equal((r.Top1, 0L), (r.FixedPoint, r.Differing)));
        Assert.All(rows.Where(static r => r.Bits == Method.FloatBits || r.Method == Method.Estimated), static r => Assert.InRange(r.Top1, 80, 100));

        // What was measured is not measured again.
        Run();
        Assert.Equal(rows, new Results(options.ResultsPath).All);

        void Run() => new Experiment(Fashion.Reference with { FineTuning = TrainingRecipe.Float(epochs: 1, rate: 1e-3) }, Parts.Train(512), Parts.Test(256), options, seed: 1).Run(methods);
    }

    [Fact]
    public void Run_OfATrainedSubject_KeepsItsFloatModel()
    {
        using var folder = new TemporaryFolder();
        var options = Options.Parse(["fashion", "--output", folder.Path, "--only", Method.Float]).Options!;
        var subject = Fashion.Trained with { Float = TrainingRecipe.Float(epochs: 1) };
        new Experiment(subject, Parts.Train(256), Parts.Test(64), options, seed: 7).Run(Method.Of(8, subject.BatchNormMode));
        var row = Assert.Single(new Results(options.ResultsPath).All);
        Assert.True(row.Is("FashionNet", 7, Method.Float, Method.FloatBits));
        Assert.True(File.Exists(Path.Combine(folder.Path, "FashionNet.7.safetensors")));
    }

    [Theory]
    [InlineData("qat")]
    [InlineData("fashion", "--seeds", "1,x")]
    [InlineData("fashion", "--seeds")]
    [InlineData("fashion", "--threads", "0")]
    public void Arguments_ThatMakeNoSense_AreAnsweredWithTheUsage(params string[] arguments)
    {
        var (options, error) = Options.Parse(arguments);
        Assert.Null(options);
        Assert.NotEmpty(error!);
    }
}
