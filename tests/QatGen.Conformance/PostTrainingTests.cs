using QatGen.Bpu;
using QatGen.Kernels;
using QatGen.Kernels.Reference;
using QatGen.Torch;
using QatGen.Torch.Improvement;
using static TorchSharp.torch;

namespace QatGen.Conformance;

/// <summary>QuickStart's network, made better without training: the same integers on every rung.</summary>
public sealed class PostTrainingTests
{
    [Fact]
    public void QuickStartNet_ImprovedInEveryWay_AgreesFromValidationToSimulator()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        using var net = new QuickStart.Net();
        for (var i = 0; i < 40; i++)
        {
            net.call(randn(16, 1, 28, 28)).Dispose();
        }

        IEnumerable<Tensor> Batches() => Enumerable.Range(0, 2).Select(static _ => randn(16, 1, 28, 28));
        var config = new QConfig { Weight = new() { Bits = 4 } };
        using var first = net.ToQat(config);
        Assert.Equal(["stages.residual1.conv1 stages.residual1.conv2", "stages.down1.dw stages.down1.pw"], first.Equalize().Pairs.Take(2).Select(static p => $"{p.First} {p.Second}"));
        first.Calibrate(Batches());
        var promotion = first.Promote(first.AnalyzeSensitivity(Batches()), PromotionBudget.Operators(2));
        Assert.Equal(2, promotion.Rules.Count);
        Assert.Equal(2, promotion.Attributes(net).Split('\n').Length);

        using var qat = net.ToQat(config with { Rules = promotion.Rules });
        qat.Equalize();
        qat.Calibrate(Batches());
        qat.CorrectBias(Batches());
        Assert.True(qat.AdaRound(Batches(), new() { Iterations = 30, LearningRate = 0.05 }).Layers.Sum(static l => l.Changed) > 0);
        var fixedPoint = qat.Convert();
        var data = randn(3, 1, 28, 28);
        var trained = qat.ValidationOutputs(data)[0];
        var input = fixedPoint.Signature.Quantize(0, data.data<float>().ToArray(), 3);
        Assert.Equal(trained.Data, ReferenceRunner.Run(fixedPoint, input)[0].Data);
        Assert.Equal(trained.Data, fixedPoint.Run(input).Data);
        Assert.Equal(trained.Data, new Simulator(BpuCompiler.Compile(fixedPoint)).Run(input).Output.Data);
        Assert.True(trained.Data.Distinct().Count() > 10);
    }
}
