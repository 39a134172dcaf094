using QatGen.Arithmetic;
using QatGen.Torch.Functions;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests.Golden;

/// <summary>Quantization with a learned scale against PyTorch's learnable fake_quantize operators.</summary>
public sealed class LearnedScaleTests
{
    [Fact]
    public void Quantize_LearnedScale_HasPyTorchsGradients()
    {
        var cases = GoldenFile.Read("lsq");
        Assert.Equal(36, cases.Count);
        foreach (var c in cases)
        {
            using var scope = NewDisposeScope();
            var (scales, zeros) = (c.Inputs["scale"].Data, c.Inputs["zero_point"].Data);
            var perChannel = c.Inputs["x"].Data.Length / scales.Length;
            for (var channel = 0; channel < scales.Length; channel++)
            {
                var part = (channel * perChannel)..((channel + 1) * perChannel);
                var (x, dy, scale) = (c.Inputs["x"].Data[part], c.Inputs["dy"].Data[part], scales[channel]);
                var (q, _, _) = Run(c, x, dy, scale, (int)Math.Round(zeros[channel]));

                // PyTorch's backward pass per tensor cuts z + 0.5 to an integer, which for a negative zero point is one more. The program has zero point 0.
                var (_, gradient, learned) = Run(c, x, dy, scale, scales.Length > 1 ? (int)Math.Round(zeros[channel]) : (int)(zeros[channel] + 0.5));
                Check(c, x, scale, q, gradient, part);

                // PyTorch's v is float32, a step of which is v * 2^-23; a tie may be rounded either way.
                var steps = x.Select((v, i) => Math.Abs(dy[i]) * (GoldenFile.IsTie(v / scale) ? 1 : Math.Abs(v / scale) * Math.ScaleB(1, -23))).Sum() * c.Real("grad_factor");
                var expected = c.Outputs["dscale"].Data[channel];
                Assert.True(Math.Abs(expected - learned) <= steps + (1e-6 * Math.Abs(expected)), $"{c.Name}: {learned:R} is not {expected:R}");
            }
        }
    }

    /// <summary>Integers, the gradient of x and that of the scale, where q + z within the limits is q within the limits moved by z.</summary>
    private static (Tensor Q, Tensor Gradient, double Learned) Run(GoldenCase c, double[] x, double[] dy, double scale, int zero)
    {
        var range = new QuantRange(DType.QInt16, c.Integer("quant_min") - zero, c.Integer("quant_max") - zero);
        var input = tensor([.. x.Select(static v => (float)v)], requires_grad: true);
        var learned = new TorchSharp.Modules.Parameter(tensor([(float)scale]));
        var q = QuantizeFunction.Run(input, [scale], new(range, Saturate: true, FakeQuantKind.Lsq, learned, c.Real("grad_factor")));

        // The program goes on with integers: dL/dq = dL/dy * s.
        (q * tensor([.. dy.Select(v => (float)(v * scale))])).sum().backward();
        return (q, input.grad!, learned.grad!.item<float>());
    }

    private static void Check(GoldenCase c, double[] x, double scale, Tensor q, Tensor gradient, Range part)
    {
        var (y, dx) = (c.Outputs["y"].Data[part], c.Outputs["dx"].Data[part]);
        var (integers, gradients) = (q.data<float>().ToArray(), gradient.data<float>().ToArray());
        for (var i = 0; i < x.Length; i++)
        {
            var tie = GoldenFile.IsTie(x[i] / scale);
            Assert.True(Math.Abs((integers[i] * scale) - y[i]) <= (tie ? scale * 1.0001 : Math.Abs(y[i]) * 1e-6), $"{c.Name}[{i}]: {integers[i]} * {scale:R} is not {y[i]:R}");
            Assert.True(tie || Math.Abs(gradients[i] - dx[i]) <= Math.Abs(dx[i]) * 1e-6, $"{c.Name}[{i}]: the gradient {gradients[i]:R} is not {dx[i]:R}");
        }
    }
}
