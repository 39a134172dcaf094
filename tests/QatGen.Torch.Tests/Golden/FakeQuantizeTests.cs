using QatGen.Arithmetic;
using QatGen.Torch.Functions;
using QatGen.Torch.Observers;
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

    [Theory]
    [InlineData("fakequant_mavg_q8_symm")]
    [InlineData("fakequant_mavg_u8_affine")]
    [InlineData("fakequant_pc_q8_symm")]
    [InlineData("fused_mavg_u8_affine")]
    [InlineData("fused_mavg_pc_q8_symm")]
    public void Quantize_FakeQuantizeModule_FollowsPyTorchOverBatches(string name)
    {
        using var scope = NewDisposeScope();
        var c = GoldenFile.Read("fake_quant_modules").Single(c => c.Name == name);
        int? axis = c.Text("per_channel") == "True" ? c.Integer("ch_axis") : null;
        Observer observer = c.Text("observer").Contains("Moving", StringComparison.Ordinal) ? new MovingAverageMinMaxObserver(c.Real("averaging_constant"), axis) : new MinMaxObserver(axis);
        var quantizer = new OutputQuantizer("x", ActivationQuantization.BuiltIn with { AveragingConstant = Math.Max(0, c.Real("averaging_constant")) });
        for (var i = 0; i < c.Integer("batches"); i++)
        {
            var data = c.Inputs[$"b{i}"];
            if (i != c.Integer("observer_disabled_on_batch"))
            {
                observer.Observe(data.Float);
                quantizer.Observe((float)data.Data.Min(), (float)data.Data.Max());
            }

            Assert.Equal(0, axis ?? 0);
            Close(c.Outputs[$"min{i}"].Data, observer.Min, 1e-6);
            Close(c.Outputs[$"max{i}"].Data, observer.Max, 1e-6);

            // Ours are symmetric and divide by 127.5: the scale and zero point of an affine case are PyTorch's, and so are those of its fused operator, which divides by 128.
            var isOurs = !c.Text("qscheme").EndsWith("affine", StringComparison.Ordinal) && c.Op == "FakeQuantize";
            var scales = isOurs ? [.. observer.Scales(DType.QInt8).Select(static s => (double)s)] : c.Outputs[$"scale{i}"].Data;
            Close(c.Outputs[$"scale{i}"].Data, scales.Select(static s => (float)s), 1e-6);
            if (isOurs && axis is null)
            {
                Assert.Equal(scales[0], quantizer.Scale);
            }

            Check(c, data, c.Inputs[$"dy{i}"], c.Outputs[$"y{i}"], c.Outputs[$"dx{i}"], null, scales, c.Outputs[$"zero_point{i}"].Data);
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

    private static void Close(double[] expected, IEnumerable<float> actual, double tolerance) => Assert.All(expected.Zip(actual, static (e, a) => (e, a)), p => Close(p.e, p.a, tolerance));

    private static void Close(double expected, double actual, double tolerance) => Assert.True(Math.Abs(expected - actual) <= tolerance * Math.Abs(expected), $"{actual:R} is not {expected:R}");
}
