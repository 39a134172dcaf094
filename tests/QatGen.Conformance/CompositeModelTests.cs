using QatGen.Bpu;
using QatGen.Conformance.Models;
using QatGen.Kernels;
using QatGen.Kernels.Reference;
using QatGen.Torch;
using static TorchSharp.torch;

namespace QatGen.Conformance;

/// <summary>What composites are made of is what TorchSharp computes; through a checkpoint of the plain model and generated code, on every rung.</summary>
public sealed class CompositeModelTests
{
    /// <summary>The largest errors against TorchSharp's own operator of each result, in ranges of it: 8-bit activations, and 16-bit ones with 8-bit weights.</summary>
    private const double Int8Error = 0.04, Int16Error = 0.02;

    [Fact]
    public void InFloat_TheParts_ComputeWhatTorchSharpDoes()
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var net = Loaded();
        using var qat = net.ToQat();
        var (map, words) = Data();
        Assert.All(net.call(map, words).Zip(qat.call(map, words)), static p => Assert.InRange(Difference(p.First, p.Second), 0, 1e-5));
    }

    [Theory]
    [InlineData(DType.QInt8, Int8Error)]
    [InlineData(DType.QInt16, Int16Error)]
    public void InIntegers_TheyStayNearTorchSharp_AndEveryRungAgrees(DType type, double allowed)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var net = Loaded();
        using var qat = net.ToQat(new() { Activation = new() { DType = type } });
        var (map, words) = Data();
        qat.Calibrate([[map.clone(), words.clone()]]);
        var fixedPoint = qat.Convert();
        var trained = qat.ValidationOutputs(map, words);
        Assert.All(net.call(map, words).Zip(trained), p => Assert.InRange(Difference(p.First, tensor(p.Second.Dequantize()).reshape(p.First.shape)), 0, allowed));

        QTensor[] inputs = [.. new[] { map, words }.Select((x, i) => fixedPoint.Signature.Quantize(i, x.data<float>().ToArray(), 2))];
        foreach (var rung in new IReadOnlyList<QTensor>[] { ReferenceRunner.Run(fixedPoint, inputs), fixedPoint.RunAll(inputs), new Simulator(BpuCompiler.Compile(fixedPoint)).Run(inputs).Outputs })
        {
            Assert.All(trained.Zip(rung), static p => Assert.Equal(p.First.Data, p.Second.Data));
        }
    }

    /// <summary>A model whose weights came from another one's checkpoint.</summary>
    private static Composites Loaded()
    {
        manual_seed(5);
        using var trained = new Composites();
        foreach (var (name, parameter) in trained.named_parameters())
        {
            // TorchSharp leaves those of some norms uninitialized.
            _ = name.Contains("Norm", StringComparison.Ordinal) ? parameter.uniform_(0.5, 1.5) : parameter;
        }

        var file = Path.Combine(AppContext.BaseDirectory, Guid.NewGuid().ToString("N"));
        trained.save(file);
        var net = new Composites();
        net.load(file);
        File.Delete(file);
        net.eval();
        return net;
    }

    private static (Tensor Map, Tensor Words) Data() => (randn(2, 6, 4, 5), randn(2, 4, 8));

    /// <summary>The largest difference in ranges of the real result.</summary>
    private static double Difference(Tensor real, Tensor other) => (real - other).abs().max().item<float>() / (real.max() - real.min()).item<float>();
}
