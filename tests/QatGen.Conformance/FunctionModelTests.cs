using QatGen.Bpu;
using QatGen.Conformance.Models;
using QatGen.Kernels;
using QatGen.Kernels.Reference;
using QatGen.Torch;
using static TorchSharp.torch;

namespace QatGen.Conformance;

/// <summary>A layer that is written as a function is the layer: in float, through training, and on every rung.</summary>
public sealed class FunctionModelTests
{
    [Fact]
    public void LayersWrittenAsFunctions_TrainAsLayers_AndEveryRungAgrees()
    {
        using var scope = NewDisposeScope();
        manual_seed(8);
        using var net = new Functions();
        _ = net.call(randn(4, 4, 8, 9));
        net.eval();
        using var qat = net.ToQat();
        var x = randn(2, 4, 8, 9);
        Assert.All(net.call(x).Zip(qat.call(x)), static p => Assert.True((p.First - p.Second).abs().max().item<float>() < 1e-5));

        qat.Calibrate([x.clone()]);
        qat.SetState(FakeQuantState.Qat);
        qat.train();
        var before = qat.named_parameters().ToDictionary(static p => p.name, static p => p.parameter.clone(), StringComparer.Ordinal);
        using var optimizer = optim.SGD(qat.parameters().Where(static p => p.requires_grad), 0.01);
        for (var i = 0; i < 3; i++)
        {
            optimizer.zero_grad();
            qat.call(randn(2, 4, 8, 9)).Select(static y => y.square().mean()).Aggregate(static (a, b) => a + b).backward();
            optimizer.step();
        }

        // The buffer is no parameter of the model, so that training leaves it.
        var moved = qat.named_parameters().Where(p => p.name.EndsWith("weight", StringComparison.Ordinal) && (p.parameter - before[p.name]).abs().max().item<float>() > 0).Select(static p => p.name).ToArray();
        Assert.Equal(7, moved.Length);
        Assert.DoesNotContain("conv2d.weight", moved);

        var fixedPoint = qat.Convert();
        var trained = qat.ValidationOutputs(x);
        QTensor[] inputs = [fixedPoint.Signature.Quantize(0, x.data<float>().ToArray(), 2)];
        foreach (var rung in new IReadOnlyList<QTensor>[] { ReferenceRunner.Run(fixedPoint, inputs), fixedPoint.RunAll(inputs), new Simulator(BpuCompiler.Compile(fixedPoint)).Run(inputs).Outputs })
        {
            Assert.All(trained.Zip(rung), static p => Assert.Equal(p.First.Data, p.Second.Data));
        }

        Assert.All(trained, static y => Assert.True(y.Data.Distinct().Count() > 5));
    }
}
