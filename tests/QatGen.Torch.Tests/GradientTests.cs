using QatGen.Arithmetic;
using QatGen.Operators;
using QatGen.Primitives;
using QatGen.Torch.Functions;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests;

public sealed class GradientTests
{
    /// <summary>In vectors and behind the last one: what rounds to a limit passes, what rounds beyond it does not.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(77)]
    public void Backward_AtTheLimits_PassesWhatIsInside(int length)
    {
        using var scope = NewDisposeScope();
        (float Value, float Passes)[] cases = [(127, 1), (127.25f, 1), (127.5f, 0), (128, 0), (-128, 1), (-128.5f, 1), (-128.75f, 0), (-129, 0)];
        foreach (var (value, passes) in cases)
        {
            var x = full(length, value / 4).requires_grad_();
            QuantizeFunction.Run(x, [0.25f], new(DType.QInt8, Saturate: true)).sum().backward();
            Assert.All(x.grad!.data<float>().ToArray(), g => Assert.Equal(passes / 0.25f, g));
        }
    }

    [Fact]
    public void Backward_ResidualNet_IsTheGradientOfConventionalFakeQuantization()
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Residual();
        var model = Nets.Calibrated(graph);
        model.SetState(FakeQuantState.Validation);
        var x = Nets.Batch(graph, 8)[0];
        var dy = randn(8, 10);
        var input = x.clone().requires_grad_();
        (model.call(input) * dy).sum().backward();

        var nodes = model.Model.Nodes.ToDictionary(static n => n.Node.Path);
        var parameters = nodes.Values.Where(static n => n.Weight is not null).ToDictionary(static n => n.Node.Path, static n => (Weight: Leaf(n.Weight!), Bias: Leaf(n.Bias!)));
        Tensor Output(Tensor sum, string path, ClampRange range)
        {
            var (low, high) = Quantization.Limits(range, nodes[path].OutputQuantizer!.Scale, DType.QInt8);
            return Fake(sum, nodes[path].OutputQuantizer!.Scale, low, high);
        }

        // The bias is rounded as well: an accumulator that differs in the last digits rounds differently now and then, and layer by layer that grows.
        Tensor Conv(Tensor t, double inputScale, string path, int stride = 1, int groups = 1)
        {
            var (weight, bias) = parameters[path];
            var steps = tensor(nodes[path].WeightQuantizer!.Scales.Select(static s => (double)s).ToArray());
            var (w, b) = (weight / steps.reshape(-1, 1, 1, 1), bias / (steps * inputScale));
            w = (w + ((w + 0.5).floor().clamp(-128, 127) - w).detach()) * steps.reshape(-1, 1, 1, 1);
            b = (b + ((b + 0.5).floor() - b).detach()) * (steps * inputScale);
            return nn.functional.conv2d(t, w, b, [stride, stride], [weight.shape[2] / 2, weight.shape[2] / 2], groups: groups);
        }

        double Scale(string path) => nodes[path].OutputQuantizer!.Scale;
        var reference = x.to(ScalarType.Float64).requires_grad_();
        var inputScale = model.Model.Inputs[0].Quantizer.Scale;
        var quantized = Fake(reference, inputScale, -128, 127);
        var stem = Output(Conv(quantized, inputScale, "stem.conv"), "stem.conv", ClampRange.Relu);
        var inner = Output(Conv(stem, Scale("stem.conv"), "block.conv1", 2), "block.conv1", ClampRange.Relu);
        var fusedPath = model.Model.Nodes.Single(static n => n.Node.Find(Fusion.Add) is not null).Node.Path;
        var (first, second) = fusedPath == "block.down" ? ("block.conv2", "block.down") : ("block.down", "block.conv2");
        Tensor Branch(string path) => path == "block.conv2" ? Conv(inner, Scale("block.conv1"), path) : Conv(stem, Scale("stem.conv"), path, 2);
        var block = Output(Branch(second) + Output(Branch(first), first, ClampRange.None), second, ClampRange.Relu);
        var depthwise = Output(Conv(block, Scale(second), "deep.conv", 2, 16), "deep.conv", ClampRange.Relu6);
        var deep = Output(Conv(depthwise, Scale("deep.conv"), "deep.point"), "deep.point", ClampRange.Relu);
        var pooled = Output(deep.mean([2, 3], keepdim: true), "pool", ClampRange.None);
        (Conv(pooled, Scale("pool"), "fc").flatten(1) * dy).sum().backward();

        Close(reference.grad!, input.grad!);
        Assert.All(parameters, p =>
        {
            Close(p.Value.Weight.grad!, nodes[p.Key].Weight!.grad!);
            Close(p.Value.Bias.grad!, nodes[p.Key].Bias!.grad!);
        });
    }

    [Fact]
    public void Backward_Rescale_IsTheMultiplierInsideTheLimits()
    {
        using var scope = NewDisposeScope();
        var a = tensor(new float[] { -300, -100, -1, 0, 3, 100, 254, 255, 300 }).reshape(1, 9).requires_grad_();
        var b = zeros(1, 9).requires_grad_();
        var constant = RescaleConstant.Create([Quantity.Of(0.5, DType.QInt8), Quantity.Of(0.25, DType.QInt8)], 1, ClampRange.Relu, DType.QInt8, "add");
        var y = RescaleFunction.Run(constant, [0.5, 0.25], [a, b]);
        y.sum().backward();

        // -1 * 0.5 rounds to 0 and 254 * 0.5 to 127: both inside.
        Assert.Equal([0, 0, 0, 0, 2, 50, 127, 127, 127], y.data<float>().ToArray());
        Assert.Equal([0, 0, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0, 0], a.grad!.data<float>().ToArray());
        Assert.Equal([0, 0, 0.25f, 0.25f, 0.25f, 0.25f, 0.25f, 0, 0], b.grad!.data<float>().ToArray());
    }

    [Theory]
    [InlineData(LaneKind.Channel)]
    [InlineData(LaneKind.Tensor)]
    public void Rescale_Threads_DoNotChangeTheResult(LaneKind lanes)
    {
        using var scope = NewDisposeScope();
        var threads = get_num_threads();
        try
        {
            var count = lanes == LaneKind.Channel ? 7 : 1;
            var (scales, bounds) = (Enumerable.Range(1, count).Select(static c => c * 1e-4).ToSeq(), Enumerable.Repeat(1L << 20, count).ToSeq());
            var sum = new Quantity(lanes, scales, Enumerable.Repeat(1, count).ToSeq(), bounds, Seq<int>.Empty);
            var constant = RescaleConstant.Create([sum, Quantity.Of(0.03, DType.QInt8)], 0.05, ClampRange.Relu, DType.QInt8, "conv");
            var (t, u) = ((randn(5, 7, 41, 37) * 10000).round(), (randn(5, 7, 41, 37) * 50).round());
            double[] real = [.. Enumerable.Range(0, count).SelectMany(lane => new[] { sum.Multiplier(lane, 0.05), 0.6 })];
            float[][] Results(int number)
            {
                set_num_threads(number);
                var (a, b) = (t.clone().requires_grad_(), u.clone().requires_grad_());
                var y = RescaleFunction.Run(constant, real, [a, b]);
                (y * y).sum().backward();
                return [y.data<float>().ToArray(), a.grad!.data<float>().ToArray(), b.grad!.data<float>().ToArray()];
            }

            var single = Results(1);
            Assert.Equal(single, Results(2));
            Assert.Equal(single, Results(3));

            // The integers are those of the one rule, element by element.
            var (ints, residual) = (t.data<float>().ToArray(), u.data<float>().ToArray());
            for (var i = 0; i < ints.Length; i++)
            {
                var lane = lanes == LaneKind.Channel ? i / (41 * 37) % 7 : 0;
                var products = ((long)ints[i] * constant.Multipliers[2 * lane]) + ((long)residual[i] * constant.Multipliers[(2 * lane) + 1]);
                Assert.Equal(Rescaling.Apply(products, constant.Shifts[lane], constant.Lows[lane], constant.Highs[lane]), single[0][i]);
            }
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(1003)]
    public void Quantize_AnyLength_IsTheScalarRule(int length)
    {
        using var scope = NewDisposeScope();
        var x = randn(3, length) * 100;
        double[] scales = [0.3, 1, 7.7];
        var q = QuantizeFunction.Run(x, scales, new(DType.QInt8, Saturate: false)).data<float>().ToArray();
        Assert.Equal(x.data<float>().ToArray().Select((v, i) => (float)Quantization.Quantize(v, scales[i / length])), q);
    }

    private static Tensor Leaf(Tensor parameter) => parameter.detach().to(ScalarType.Float64).requires_grad_();

    private static Tensor Fake(Tensor x, double scale, int low, int high)
    {
        var v = (x / scale).clamp(low - 0.5, high + 0.499999999);
        return (v + ((v + 0.5).floor() - v).detach()) * scale;
    }

    private static void Close(Tensor expected, Tensor actual) => Assert.InRange(((expected - actual).norm() / expected.norm()).item<double>(), 0, 1e-5);
}
