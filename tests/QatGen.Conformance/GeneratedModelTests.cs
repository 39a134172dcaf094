using QatGen.Bpu;
using QatGen.Conformance.Models;
using QatGen.Kernels;
using QatGen.Kernels.Reference;
using QatGen.Torch;
using static TorchSharp.torch;

namespace QatGen.Conformance;

/// <summary>A model of this project, through what the build generated for it.</summary>
public sealed class GeneratedModelTests
{
    [Fact]
    public void TwoInputs_FromFloatToSimulator_AgreesOnEveryOutput()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var net = new TwoInputs(classes: 7);
        net.eval();
        using var qat = net.ToQat();
        qat.Calibrate(Enumerable.Range(0, 4).Select(static _ => new[] { randn(4, 3, 12, 12), rand(4, 1, 12, 12) }));
        TwoInputsFixedPoint fixedPoint = qat.Convert();
        Assert.Equal([1, 7, 1, 16], [.. fixedPoint.Signature.Outputs.SelectMany(static o => o.Shape.Take(2))]);
        Assert.Equal([DType.QInt16, DType.QInt8], fixedPoint.Signature.Inputs.Select(static i => i.DType));
        Assert.Equal(1 / 128.0, fixedPoint.Signature.Inputs[1].Scales[0]);

        Tensor[] data = [randn(3, 3, 12, 12), rand(3, 1, 12, 12)];
        var trained = qat.ValidationOutputs(data);
        QTensor[] inputs = [.. data.Select((x, i) => fixedPoint.Signature.Quantize(i, x.data<float>().ToArray(), 3))];
        SameOnEveryRung(trained, fixedPoint, inputs);

        qat.SetState(FakeQuantState.Validation);
        var (logits, map) = qat.call(data[0], data[1]);
        Assert.Equal(trained[0].Dequantize(), logits.data<float>().ToArray());
        Assert.Equal(trained[1].Dequantize(), map.data<float>().ToArray());
        Assert.True(net.call(data[0], data[1]).Logits.sub(logits).abs().max().item<float>() < 0.1);
    }

    [Fact]
    public void SharedLayers_Trained_KeepOneSetOfParametersAndAgreeOnEveryOutput()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        using var net = new SharedLayers();
        net.eval();
        using var qat = net.ToQat();
        Assert.Equal(["conv.bias", "conv.weight", "head.bias", "head.weight"], qat.named_parameters().Select(static p => p.name).Order(StringComparer.Ordinal));
        Tensor[] data = [randn(4, 3, 10, 10), 3 * randn(4, 3, 10, 10)];
        var (real, folded) = (net.call(data[0], data[1]), qat.call(data[0], data[1]));
        Assert.All(real.Zip(folded), static p => Assert.True((p.First - p.Second).abs().max().item<float>() < 1e-4));

        qat.Calibrate([[.. data.Select(static x => x.clone())]]);
        qat.SetState(FakeQuantState.Qat);
        var outputs = qat.call(data[0], data[1]);
        (outputs[0].sum() - outputs[1].sum()).backward();
        using (no_grad())
        {
            foreach (var (_, parameter) in qat.named_parameters())
            {
                Assert.NotNull(parameter.grad);
                parameter.sub_(parameter.grad * 1e-3);
            }
        }

        SharedLayersFixedPoint fixedPoint = qat.Convert();
        var trained = qat.ValidationOutputs(data);
        QTensor[] inputs = [.. data.Select((x, i) => fixedPoint.Signature.Quantize(i, x.data<float>().ToArray(), 4))];
        SameOnEveryRung(trained, fixedPoint, inputs);
    }

    [Fact]
    public void ManyInputs_InATupleAndAList_KeepTheModelsSignature()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        using var net = new ManyInputs();
        net.eval();
        using var qat = net.ToQat();
        Tensor[] data = [randn(2, 3, 8, 8), rand(2, 1, 8, 8), randn(2, 4, 8, 8), randn(2, 4, 8, 8)];
        Assert.True((net.call((data[0], data[1]), data[2..]) - qat.call((data[0], data[1]), data[2..])).abs().max().item<float>() < 1e-4);
        qat.Calibrate([[.. data.Select(static x => x.clone())]]);
        ManyInputsFixedPoint fixedPoint = qat.Convert();
        Assert.Equal(["images_Color", "images_Gray", "maps_0", "maps_1"], fixedPoint.Signature.Inputs.Select(static i => i.Name));
        Assert.Equal([1 / 64.0, 1 / 64.0], fixedPoint.Signature.Inputs.Skip(2).Select(static i => (double)i.Scales[0]));

        var trained = qat.ValidationOutputs(data);
        QTensor[] inputs = [.. data.Select((x, i) => fixedPoint.Signature.Quantize(i, x.data<float>().ToArray(), 2))];
        SameOnEveryRung(trained, fixedPoint, inputs);

        qat.SetState(FakeQuantState.Validation);
        Assert.Equal(trained[0].Dequantize(), qat.call((data[0], data[1]), data[2..]).data<float>().ToArray());
        Assert.Contains("QG2012", Assert.Throws<QatGenException>(() => qat.call((data[0], data[1]), data[3..])).Message, StringComparison.Ordinal);
        Assert.Contains("QG2012", Assert.Throws<QatGenException>(() => qat.call((data[0], data[1]), data[1..])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CameraImages_CorrelatedInRgb_AgreeOnEveryOutput()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        using var net = new CameraFlow();
        net.eval();
        using var qat = net.ToQat();
        Assert.Equal(["features.bias", "features.weight", "head.bias", "head.weight"], qat.parameters().Where(static p => p.requires_grad).Select(p => qat.named_parameters().First(n => n.parameter.Handle == p.Handle).name).Order(StringComparer.Ordinal));
        Tensor[] data = [(rand(2, 3, 12, 16) * 255).floor() - 128, (rand(2, 3, 12, 16) * 255).floor() - 128];
        Assert.True((net.call(data[0], data[1]) - qat.call(data[0], data[1])).abs().max().item<float>() < 1e-4);

        qat.Calibrate([[.. data.Select(static x => x.clone())]]);
        CameraFlowFixedPoint fixedPoint = qat.Convert();
        Assert.Equal([1.0, 1.0], fixedPoint.Signature.Inputs.Select(static i => i.Scales[0]));
        var trained = qat.ValidationOutputs(data);
        QTensor[] inputs = [.. data.Select((x, i) => fixedPoint.Signature.Quantize(i, x.data<float>().ToArray(), 2))];
        SameOnEveryRung(trained, fixedPoint, inputs);
        Assert.True((net.call(data[0], data[1]) - tensor(trained[0].Dequantize()).reshape(2, 2, 12, 16)).abs().max().item<float>() < 0.1);
    }

    [Fact]
    public void BestPixels_OfADetector_AgreeOnEveryOutput()
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        using var net = new Detector(threshold: 0.75);
        net.eval();
        using var qat = net.ToQat();
        var data = randn(3, 3, 12, 16);
        Assert.All(net.call(data).Zip(qat.call(data)), static p => Assert.True((p.First - p.Second).abs().max().to(ScalarType.Float32).item<float>() < 1e-5));

        qat.Calibrate([data.clone()]);
        DetectorFixedPoint fixedPoint = qat.Convert();
        QTensor[] inputs = [fixedPoint.Signature.Quantize(0, data.data<float>().ToArray(), 3)];
        SameOnEveryRung(qat.ValidationOutputs(data), fixedPoint, inputs);

        qat.SetState(FakeQuantState.Validation);
        var pixels = net.Best.Pixels(qat.call(data), width: 8);
        Assert.Equal(pixels, FilteredPixel.Read([.. fixedPoint.RunAll(inputs).Select(static o => o.Dequantize())], 3, 8, 0.75));
        Assert.InRange(pixels.Sum(static f => f.Count), 1, (3 * Detector.Capacity) - 1);
        Assert.All(pixels.SelectMany(static f => f), static p => Assert.Equal((p.Data[0].Take(5).Max(), 6, 4), (p.MaxValue, p.Data[0].Count, p.Data[1].Count)));
    }

    [Fact]
    public void Idioms_OfOrdinaryModels_AreWhatTorchSharpComputesAndAgreeOnEveryOutput()
    {
        using var scope = NewDisposeScope();
        manual_seed(8);
        using var net = new Idioms();
        net.eval();
        using var qat = net.ToQat();
        Assert.DoesNotContain(qat.named_parameters(), static p => p.name.StartsWith("auxiliary", StringComparison.Ordinal));
        Assert.Equal([3L, 3L], net.Auxiliary(randn(3, 4, 6, 7)).shape);
        Tensor[] data = [randn(3, 4, 6, 7), randn(3, 5, 4)];
        var real = net.call(data[0], data[1]);
        Assert.All(real.Zip(qat.call(data[0], data[1])), static p =>
        {
            Assert.Equal(p.First.dtype, p.Second.dtype);
            Assert.InRange((p.First.to(ScalarType.Float32) - p.Second.to(ScalarType.Float32)).abs().max().item<float>(), 0, 1e-4);
        });

        qat.Calibrate([[.. data.Select(static x => x.clone())]]);
        IdiomsFixedPoint fixedPoint = qat.Convert();
        SameOnEveryRung(qat.ValidationOutputs(data), fixedPoint, [.. data.Select((x, i) => fixedPoint.Signature.Quantize(i, x.data<float>().ToArray(), 3))]);

        var saved = net.state_dict().ToDictionary(static p => p.Key, static p => p.Value);
        Assert.Equal(["QG3006", "QG3006"], Assert.Throws<QatGenException>(() => qat.Model.LoadFloat(saved)).Violations.Select(static v => v.Rule.Id));
    }

    [Fact]
    public void TensorsMadeInForward_OfAnyBatch_AgreeOnEveryOutput()
    {
        using var scope = NewDisposeScope();
        manual_seed(6);
        using var net = new FirstStates();
        net.eval();
        using var qat = net.ToQat();
        var data = randn(3, 5, 6);
        Assert.All(net.call(data).Zip(qat.call(data)), static p => Assert.True((p.First - p.Second).abs().max().item<float>() < 1e-5));
        Assert.DoesNotContain(qat.Model.Nodes, static n => n.Node.Path.Contains("lstm.h_0", StringComparison.Ordinal));

        qat.Calibrate([data.clone()]);
        FirstStatesFixedPoint fixedPoint = qat.Convert();
        SameOnEveryRung(qat.ValidationOutputs(data), fixedPoint, [fixedPoint.Signature.Quantize(0, data.data<float>().ToArray(), 3)]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Widths_AsTheSourceSays_AgreeOnEveryRung(bool configured)
    {
        using var scope = NewDisposeScope();
        manual_seed(9);
        using var net = new Widths();
        net.eval();
        using var qat = net.ToQat(configured ? new QConfig { Activation = new() { Bits = 3 }, Rules = [Selector.Path("stem").To(DType.QInt16)] } : null);
        string Of(string layer, string quantizer) => qat.Explain().Decisions.First(d => d.Layer == layer && d.Quantizer == quantizer) is var d ? $"{d.Value} by {d.Source}" : "";
        Assert.Equal(configured ? "qint16 by rule 1, layer 'stem'" : "qint8 by [Quantize] on Widths.stem", Of("stem", "output"));
        Assert.Equal(configured ? "qint8 of 3 bits by configuration" : "qint8 of 4 bits by [Quantize] on Widths", Of("middle", "output"));
        Assert.Equal("qint16 by [Quantize] on Widths.deep", Of("deep", "output"));
        Assert.Equal("4 bits by [Quantize] on Widths", Of("middle", "weight"));
        Assert.Equal("8 bits by [Quantize] on Widths.stem", Of("stem", "weight"));
        Assert.Contains(qat.named_parameters(), static p => p.name == "middle.output_quant.scale");

        qat.Calibrate(Enumerable.Range(0, 4).Select(static _ => randn(4, 3, 6, 6)));
        qat.SetState(FakeQuantState.Qat);
        using var optimizer = optim.SGD(qat.parameters(), 0.05);
        for (var i = 0; i < 5; i++)
        {
            optimizer.zero_grad();
            qat.call(randn(4, 3, 6, 6)).square().mean().backward();
            optimizer.step();
        }

        WidthsFixedPoint fixedPoint = qat.Convert();
        var data = randn(3, 3, 6, 6);
        var trained = qat.ValidationOutputs(data);
        QTensor[] inputs = [fixedPoint.Signature.Quantize(0, data.data<float>().ToArray(), 3)];
        SameOnEveryRung(trained, fixedPoint, inputs);
    }

    [Theory]
    [InlineData(true, DType.QInt32)]
    [InlineData(false, DType.QInt8)]
    public void PreciseOutputs_AsConfigured_AgreeOnEveryOutput(bool isPrecise, DType type)
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        using var net = new PreciseOutputs();
        net.eval();
        using var qat = net.ToQat(new QConfig { HighPrecisionOutputs = isPrecise });
        qat.Calibrate(Enumerable.Range(0, 4).Select(static _ => randn(4, 3, 6, 6)));
        PreciseOutputsFixedPoint fixedPoint = qat.Convert();
        Assert.Equal([type, type, type, DType.QInt8], fixedPoint.Signature.Outputs.Select(static o => o.DType));

        var data = randn(3, 3, 6, 6);
        var trained = qat.ValidationOutputs(data);
        QTensor[] inputs = [fixedPoint.Signature.Quantize(0, data.data<float>().ToArray(), 3)];
        SameOnEveryRung(trained, fixedPoint, inputs);

        // A precise product is that of the very integers of its operands.
        var (_, _, product, _) = net.call(data);
        Assert.True((product - tensor(trained[2].Dequantize()).reshape(3, 8, 6, 6)).abs().max().item<float>() < 0.3);
        Assert.Equal(isPrecise, trained[2].Data.Max() > sbyte.MaxValue);
    }

    [Fact]
    public void Tokens_FromInt64ToSimulator_AgreesOnEveryOutput()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        using var net = new Tokens();
        net.eval();
        using var qat = net.ToQat();
        var ids = randint(50, [6, 9], ScalarType.Int64);
        var (best, scores, whole) = net.call(ids);
        var (sameBest, sameScores, sameWhole) = qat.call(ids);
        Assert.True(best.equal(sameBest).all().item<bool>() && whole.equal(sameWhole).all().item<bool>() && (scores - sameScores).abs().max().item<float>() < 1e-5);
        qat.Calibrate([ids.clone()]);
        qat.SetState(FakeQuantState.Qat);
        qat.call(ids).Item2.sum().backward();
        Assert.Equal(["fc.bias", "fc.weight", "low.value", "table.weight.value"], qat.named_parameters().Where(static p => p.parameter.grad is not null).Select(static p => p.name).Order(StringComparer.Ordinal));

        TokensFixedPoint fixedPoint = qat.Convert();
        Assert.Equal([DType.QInt32, DType.QInt32, DType.QInt8, DType.QInt8], [.. fixedPoint.Signature.Inputs.Concat(fixedPoint.Signature.Outputs).Select(static s => s.DType)]);
        var trained = qat.ValidationOutputs(ids);
        QTensor input = new([6, 9], DType.QInt32, [.. ids.data<long>().ToArray().Select(static v => (int)v)], 1.0);
        SameOnEveryRung(trained, fixedPoint, input);
        Assert.Equal(ScalarType.Int64, qat.call(ids).Item1.dtype);
        Assert.Equal("table", Assert.Single(Assert.Throws<QatGenException>(() => qat.call(ids + 45)).Violations).Layer);
    }

    [Fact]
    public void Regions_OfBoxes_AgreeOnEveryOutput()
    {
        using var scope = NewDisposeScope();
        manual_seed(6);
        using var net = new Regions();
        using var qat = net.ToQat();
        Boxes(net, qat, qat);
    }

    [Fact]
    public void Pyramid_OfBoxes_AgreeOnEveryOutput()
    {
        using var scope = NewDisposeScope();
        manual_seed(6);
        using var net = new Pyramid();
        using var qat = net.ToQat();
        Boxes(net, qat, qat);
    }

    /// <summary>A model of a map and boxes, from float to every rung, and its gradients.</summary>
    private static void Boxes(nn.Module<Tensor, Tensor, Tensor> net, nn.Module<Tensor, Tensor, Tensor> qat, IQatModule quantized)
    {
        net.eval();
        Tensor[] data = [randn(2, 3, 16, 16), cat([rand(2, 6, 2) * 8, 8 + (rand(2, 6, 2) * 8)], 2)];
        Assert.True((net.call(data[0], data[1]) - qat.call(data[0], data[1])).abs().max().item<float>() < 1e-4);

        quantized.Calibrate([[.. data.Select(static x => x.clone())]]);
        var fixedPoint = quantized.ConvertToFixedPoint();
        var trained = quantized.ValidationOutputs(data);
        Assert.Equal([2, 6, 5], trained[0].Shape);
        SameOnEveryRung(trained, fixedPoint, [.. data.Select((x, i) => fixedPoint.Signature.Quantize(i, x.data<float>().ToArray(), 2))]);
        Assert.True((net.call(data[0], data[1]) - tensor(trained[0].Dequantize()).reshape(2, 6, 5)).abs().max().item<float>() < 0.1);

        quantized.SetState(FakeQuantState.Qat);
        qat.call(data[0], data[1]).square().sum().backward();
        Assert.All(qat.parameters(), static p => Assert.True(p.grad!.abs().max().item<float>() > 0));
    }

    /// <summary>Reference and vectorized kernels and the simulator give what VALIDATION did.</summary>
    private static void SameOnEveryRung(QTensor[] trained, FixedPointModel fixedPoint, params QTensor[] inputs)
    {
        Same(trained, ReferenceRunner.Run(fixedPoint, inputs));
        Same(trained, fixedPoint.RunAll(inputs));
        Same(trained, new Simulator(BpuCompiler.Compile(fixedPoint)).Run(inputs).Outputs);
    }

    private static void Same(IReadOnlyList<QTensor> expected, IReadOnlyList<QTensor> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i].Data, actual[i].Data);
            Assert.Equal(expected[i].Scale, actual[i].Scale);
        }
    }
}
