using QatGen.Bpu;
using QatGen.Kernels;
using QatGen.Kernels.Reference;
using QatGen.Torch;
using static TorchSharp.torch;

namespace QatGen.Conformance;

/// <summary>QuickStart's network trained with its batch norms folded and live: the same integers on every rung.</summary>
public sealed class BatchNormModelTests
{
    [Theory]
    [InlineData(BatchNormMode.FuseBN)]
    [InlineData(BatchNormMode.WithBN)]
    [InlineData(BatchNormMode.WithBNReverseFold)]
    public void QuickStartNet_TrainedInEachMode_AgreesFromTrainingToSimulator(BatchNormMode mode)
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        using var net = new QuickStart.Net();
        for (var i = 0; i < 40; i++)
        {
            // Running statistics near those that are measured anew below, for which the activations' scales are right.
            net.call(randn(16, 1, 28, 28)).Dispose();
        }

        using var qat = net.ToQat(new QConfig { BatchNormMode = mode });
        qat.Calibrate([randn(8, 1, 28, 28)]);
        qat.SetState(FakeQuantState.Qat);
        qat.train();
        using var optimizer = optim.SGD(qat.parameters(), 0.01);
        for (var i = 0; i < 3; i++)
        {
            optimizer.zero_grad();
            nn.functional.cross_entropy(qat.call(randn(8, 1, 28, 28)), randint(0, 10, [8])).backward();
            optimizer.step();
        }

        if (mode != BatchNormMode.FuseBN)
        {
            Assert.Equal(2, qat.EstimateBatchNorm([randn(8, 1, 28, 28), randn(8, 1, 28, 28)]));
        }

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
