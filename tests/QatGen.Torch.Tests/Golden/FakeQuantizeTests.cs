using QatGen.Arithmetic;
using QatGen.Torch.Functions;
using QatGen.Torch.Quantizers;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests.Golden;

/// <summary>Quantization and its gradient against PyTorch's fake_quantize operators and modules.</summary>
public sealed class FakeQuantizeTests
{
    [Fact]
    public void Quantize_PerTensor_EqualsPyTorch()
    {
        var cases = GoldenFile.Read("fake_quant_per_tensor").Where(static c => c.Name != "int8_overflow_undefined").ToArray();
        Assert.Equal(37, cases.Length);
        foreach (var c in cases)
        {
            Check(c, c.Inputs["x"], c.Inputs["dy"], c.Outputs["y"], c.Outputs["dx"], c.Outputs["mask"], [c.Real("scale")], [c.Real("zero_point")]);
        }
    }

    [Fact]
    public void Quantize_PerChannel_EqualsPyTorch()
    {
        var cases = GoldenFile.Read("fake_quant_per_channel");
        Assert.Equal(24, cases.Count);
        foreach (var c in cases)
        {
            // The function quantizes along axis 0, as weights are.
            GoldenTensor Front(GoldenTensor t)
            {
                var moved = t.Float.transpose(0, c.Integer("axis")).contiguous();
                return new(moved.shape, [.. moved.data<float>().ToArray().Select(static v => (double)v)]);
            }

            Check(c, Front(c.Inputs["x"]), Front(c.Inputs["dy"]), Front(c.Outputs["y"]), Front(c.Outputs["dx"]), Front(c.Outputs["mask"]), c.Inputs["scale"].Data, c.Inputs["zero_point"].Data);
        }
    }

    [Fact]
    public void Quantize_FakeQuantizeModule_FollowsPyTorchOverBatches()
    {
        using var scope = NewDisposeScope();
        var c = GoldenFile.Read("fake_quant_modules").Single(static c => c.Name == "fakequant_mavg_q8_symm");
        var quantizer = new OutputQuantizer("x", ActivationQuantization.BuiltIn with { AveragingConstant = c.Real("averaging_constant") });
        for (var i = 0; i < c.Integer("batches"); i++)
        {
            var data = c.Inputs[$"b{i}"];
            if (i != c.Integer("observer_disabled_on_batch"))
            {
                quantizer.Observe((float)data.Data.Min(), (float)data.Data.Max());
            }

            Close(c.Outputs[$"scale{i}"].Scalar, quantizer.Scale, 1e-6);
            Check(c, data, c.Inputs[$"dy{i}"], c.Outputs[$"y{i}"], c.Outputs[$"dx{i}"], null, [quantizer.Scale], [0]);
        }
    }

    private static void Check(GoldenCase c, GoldenTensor x, GoldenTensor dy, GoldenTensor y, GoldenTensor dx, GoldenTensor? mask, double[] scales, double[] zeroPoints)
    {
        using var scope = NewDisposeScope();
        var perChannel = x.Data.Length / scales.Length;
        for (var channel = 0; channel < scales.Length; channel++)
        {
            // q + z within the limits is q within the limits moved by z.
            var (scale, zero) = (scales[channel], (int)zeroPoints[channel]);
            var (low, high) = (c.Integer("quant_min") - zero, c.Integer("quant_max") - zero);
            var rows = Enumerable.Range(channel * perChannel, perChannel).ToArray();
            var input = tensor(rows.Select(i => (float)x.Data[i]).ToArray(), requires_grad: true);
            var q = QuantizeFunction.Run(input, [scale], new(new QuantRange(DType.QInt16, low, high)));
            (q * tensor(rows.Select(i => (float)dy.Data[i]).ToArray())).sum().backward();
            var (integers, gradients) = (q.data<float>().ToArray(), input.grad!.data<float>().ToArray());
            for (var i = 0; i < rows.Length; i++)
            {
                var at = rows[i];
                if (double.IsNaN(x.Data[at]))
                {
                    continue;
                }

                var tie = GoldenFile.IsTie(x.Data[at] / scale);
                var tolerance = tie ? scale * 1.0001 : Math.Abs(y.Data[at]) * 1e-6;
                Assert.True(Math.Abs((integers[i] * scale) - y.Data[at]) <= tolerance, $"{c.Name}[{at}]: x {x.Data[at]:R}, {integers[i]} * {scale:R} is not {y.Data[at]:R}");
                if (!tie)
                {
                    Close(dx.Data[at], gradients[i] * scale, 1e-6);
                    Assert.Equal(mask?.Data[at] ?? Math.Sign(Math.Abs(dx.Data[at])), Math.Sign(Math.Abs(gradients[i])));
                }
            }
        }
    }

    private static void Close(double expected, double actual, double tolerance) => Assert.True(Math.Abs(expected - actual) <= tolerance * Math.Abs(expected), $"{actual:R} is not {expected:R}");
}
