using QatGen.Bpu;
using QatGen.Conformance.Models;
using QatGen.Kernels;
using QatGen.Kernels.Reference;
using QatGen.Torch;
using static TorchSharp.torch;

namespace QatGen.Conformance;

/// <summary>What a mask hides has no weight at all in the integers, wherever TorchSharp gives it none.</summary>
public sealed class MaskTests
{
    /// <summary>The outputs that are weights, which a mask makes zeros of.</summary>
    private static readonly int[] Weights = [0, 1, 2, 3, 9];

    /// <summary>The largest error against TorchSharp of each output, in ranges of it.</summary>
    private const double Allowed = 0.06;

    [Fact]
    public void InFloat_ThePartsComputeWhatTorchSharpDoes()
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        using var net = Net();
        using var qat = net.ToQat();
        var (x, padding) = Data();
        Assert.All(net.call(x, padding).Zip(qat.call(x, padding)), static p => Assert.InRange((p.First - p.Second).abs().max().item<float>(), 0, 1e-5));
    }

    [Theory]
    [InlineData(DType.QInt8)]
    [InlineData(DType.QInt16)]
    public void InIntegers_WhatIsHiddenHasNoWeight_OnEveryRung(DType weightsType)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        using var net = Net();
        using var qat = net.ToQat(new() { Rules = [Selector.Operator("Softmax").To(weightsType)] });
        var (x, padding) = Data();
        qat.Calibrate([[x.clone(), padding.clone()]]);
        var fixedPoint = qat.Convert();
        Assert.Equal((DType.QInt8, 1.0), (fixedPoint.Signature.Inputs[1].DType, fixedPoint.Signature.Inputs[1].Scales[0]));
        var (trained, real) = (qat.ValidationOutputs(x, padding), net.call(x, padding));
        foreach (var output in Weights)
        {
            var (weights, integers) = (real[output].contiguous().data<float>().ToArray(), trained[output].Data);
            Assert.Contains(0, weights);
            Assert.All(weights.Zip(integers).Where(static w => w.First == 0), static w => Assert.Equal(0, w.Second));
        }

        Assert.All(real.Zip(trained), p =>
        {
            var difference = (p.First - tensor(p.Second.Dequantize()).reshape(p.First.shape)).abs().max().item<float>();
            Assert.InRange(difference / p.First.abs().max().item<float>(), 0, Allowed);
        });

        QTensor[] inputs = [.. new[] { x, padding.to(ScalarType.Float32) }.Select((v, i) => fixedPoint.Signature.Quantize(i, v.data<float>().ToArray(), 2))];
        foreach (var rung in new IReadOnlyList<QTensor>[] { ReferenceRunner.Run(fixedPoint, inputs), fixedPoint.RunAll(inputs), new Simulator(BpuCompiler.Compile(fixedPoint)).Run(inputs).Outputs })
        {
            Assert.All(trained.Zip(rung), static p => Assert.Equal(p.First.Data, p.Second.Data));
        }
    }

    [Fact]
    public void Gradients_PassWhatIsSeen()
    {
        using var scope = NewDisposeScope();
        using var net = Net();
        using var qat = net.ToQat();
        var (x, padding) = Data();
        qat.Calibrate([[x.clone(), padding.clone()]]);
        qat.SetState(FakeQuantState.Qat);
        var input = x.clone().requires_grad_();

        // The first token sees itself alone, so that its weights are constant.
        qat.call(input, padding)[0].select(1, 0).sum().backward();
        Assert.Equal(0, input.grad!.abs().max().item<float>());
        qat.call(input, padding)[0].square().sum().backward();
        Assert.True(input.grad!.abs().max().item<float>() > 0);
    }

    [Fact]
    public void OtherThanBool_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var net = Net();
        using var qat = net.ToQat();
        var (x, padding) = Data();
        Assert.Equal((QuantizationRules.MaskType, "padding"), Broken(x, padding.to(ScalarType.Float32)));
        Assert.Equal((QuantizationRules.NotAMask, "x"), Broken(x.gt(0), padding));

        (Rule, string) Broken(Tensor first, Tensor second) => Assert.Throws<QatGenException>(() => { qat.call(first, second); }).Violations[0] is var v ? (v.Rule, v.Layer) : default;
    }

    private static Masked Net()
    {
        manual_seed(3);
        var net = new Masked();
        net.eval();
        return net;
    }

    /// <summary>Tokens, and which of them are padding: the first never is.</summary>
    private static (Tensor X, Tensor Padding) Data() => (randn(2, 6, 12), tensor(new[] { false, false, false, true, true, true, false, false, false, false, false, true }).reshape(2, 6));
}
