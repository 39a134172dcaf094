using QatGen.Arithmetic;
using QatGen.Graphs;
using QatGen.Torch.Modules;
using static TorchSharp.torch;
using Activation = QatGen.Torch.QatValue.Activation;

namespace QatGen.Torch.Tests.Golden;

/// <summary>
/// Training steps of a convolution with live batch norm against PyTorch's ConvBn2d and ConvBnReLU2d, which quantize weights as running statistics fold them: outputs, gradients, statistics and scales; then
/// with frozen statistics, and in evaluation.
/// </summary>
public sealed class ConvBnModuleTests
{
    // As in QatModuleTests: an input so fine that only weights and output are quantized.
    private const double InputScale = 1.0 / (1 << 16);

    private static readonly string[] Steps = ["0", "1", "2", "late", "eval"];

    [Theory]
    [InlineData("q8_perch_ConvBn2d", 5, false)]
    [InlineData("q8_perch_ConvBnReLU2d", 5, true)]
    [InlineData("q8_perch_ConvBn2d_dw", 6, false)]
    [InlineData("u8_pertensor_ConvBn2d", 5, false)]
    [InlineData("u8_pertensor_ConvBnReLU2d", 5, true)]
    [InlineData("u8_pertensor_ConvBn2d_dw", 6, false)]
    public void Call_ScalesOfPyTorch_GivesItsOutputsGradientsAndStatistics(string name, int channels, bool relu)
    {
        using var scope = NewDisposeScope();
        var c = GoldenFile.Read("qat_modules").Single(c => c.Name == name);
        var model = Model(c, channels, relu);
        var (node, norm, state, compared) = (model.Model.Nodes[0], model.Model.Nodes[0].BatchNorm!, model.state_dict(), 0);

        // PyTorch's weight scale is the largest of all steps, ours that of the present weights: its scales are put in place, in a session whose scales rest.
        model.Model.Session = new(FakeQuantState.Validation);
        state["layer.output_quant.scale"].fill_(1);
        node.Call(new Activation(zeros(1, 3, 6, 5), Quantity.Of(InputScale, DType.QInt8)));
        foreach (var step in Steps)
        {
            // Statistics that follow by the mean over ten batches follow by a tenth: the momentum.
            if (step is "late" or "eval")
            {
                norm.EndEstimate();
            }
            else
            {
                norm.BeginEstimate(norm.Statistics());
            }

            state["bn.num_batches_tracked"].fill_(9);
            state["layer.weight_quant.scale"].copy_(c.Outputs["wfq_scale" + step].Float);
            state["layer.output_quant.scale"].copy_(c.Outputs["afq_scale" + step].Float);
            var (same, unmasked) = Channels(c, step, norm.Fold.Weight(node.Weight!).detach().flatten(1));
            var y = Run(c, step, model, out var dx);

            compared += same.Length;
            Close(c.Outputs["running_mean" + step].Float, norm.Mean!, 1e-5, same);
            Close(c.Outputs["running_var" + step].Float, norm.Variance!, 1e-5, same);
            var flips = ((y - c.Outputs["y" + step].Float) / c.Outputs["afq_scale" + step].Float).transpose(0, 1).index_select(0, tensor(same)).abs();
            Assert.InRange(flips.max().item<float>(), 0, 1.001);
            Assert.InRange(flips.gt(1e-3).to(ScalarType.Float32).mean().item<float>(), 0, 0.02);

            // With a fused ReLU gradients pass down to -0.5 steps (NUMERICS section 8), in PyTorch down to 0.
            if (!relu && unmasked.Length > 0)
            {
                Close(c.Outputs["dweight" + step].Float, node.Weight!.grad!, 1e-5, unmasked);
                Close(c.Outputs["dbn_weight" + step].Float, norm.Gamma!.grad!, 1e-5, unmasked);
                Close(c.Outputs["dbn_bias" + step].Float, norm.Beta!.grad!, 1e-5, unmasked);
            }

            if (!relu && same.Length == channels)
            {
                Close(c.Outputs["dx" + step].Float.transpose(0, 1), dx.transpose(0, 1), 1e-5, [0, 1, 2]);
            }

            // A channel with another weight has other statistics; the next step starts from PyTorch's.
            norm.Mean!.copy_(c.Outputs["running_mean" + step].Float);
            norm.Variance!.copy_(c.Outputs["running_var" + step].Float);
        }

        Assert.InRange(compared, 3 * channels, 5 * channels);
    }

    [Theory]
    [InlineData("q8_perch_ConvBn2d", 5, false, 1e-3)]
    [InlineData("q8_perch_ConvBnReLU2d", 5, true, 1e-6)]
    [InlineData("q8_perch_ConvBn2d_dw", 6, false, 1e-6)]
    public void Call_FirstTrainingStep_FindsTheScalesOfPyTorch(string name, int channels, bool relu, double tolerance)
    {
        using var scope = NewDisposeScope();
        var c = GoldenFile.Read("qat_modules").Single(c => c.Name == name);
        var model = Model(c, channels, relu);
        model.train();
        model.SetState(FakeQuantState.Qat);
        Run(c, "0", model, out _);
        Assert.True(tensor(model.Model.Nodes[0].WeightQuantizer!.Scales).allclose(c.Outputs["wfq_scale0"].Float, 1e-6));

        // In the first case the channel with the largest output has a weight of -127.5 steps, which PyTorch takes as -128.
        Assert.InRange(model.Model.Nodes[0].OutputQuantizer!.Scale / c.Outputs["afq_scale0"].Scalar, 1 - tolerance, 1 + tolerance);
    }

    /// <summary>The channels whose integer weights are PyTorch's, and those of them in which PyTorch stops no weight's gradient at the limits.</summary>
    private static (long[] Same, long[] Unmasked) Channels(GoldenCase c, string step, Tensor folded)
    {
        var scale = c.Outputs["wfq_scale" + step].Float.reshape(-1, 1);
        var (theirs, ours) = ((folded * scale.reciprocal()).round(), ((folded.to(ScalarType.Float64) / scale) + 0.5).floor().clamp(-128, 127));
        var same = theirs.clamp(-128, 127).eq(ours).all(1);
        var unmasked = same.logical_and((folded / scale).abs().lt(127.49).all(1));
        return (Indices(same), Indices(unmasked));

        static long[] Indices(Tensor flags) => [.. flags.data<bool>().ToArray().Select(static (f, i) => (f, i)).Where(static p => p.f).Select(static p => (long)p.i)];
    }

    private static Tensor Run(GoldenCase c, string step, GraphQat model, out Tensor dx)
    {
        foreach (var parameter in model.parameters())
        {
            parameter.grad?.zero_();
        }

        var x = (c.Inputs["x" + step].Float / InputScale).requires_grad_();
        var y = DeQuantStub.Dequantize(model.Model.Nodes[0].Call(new Activation(x, Quantity.Of(InputScale, DType.QInt8))));
        if (IsAffine(c))
        {
            // 16 bits are clamped to what 8 bits hold around the zero point.
            var (scale, zero) = (c.Outputs["afq_scale" + step].Scalar, c.Outputs["afq_zero_point" + step].Scalar);
            y = y.clamp(-zero * scale, (255 - zero) * scale);
        }

        (y * c.Inputs["dy" + step].Float).sum().backward();
        dx = x.grad! / InputScale;
        return y.detach();
    }

    private static GraphQat Model(GoldenCase c, int channels, bool relu)
    {
        var groups = c.Integer("groups");
        var conv = Nets.Conv("layer", 0, 3, channels, stride: c.Integer("stride"), groups: groups, bias: true);
        var bn = Nets.Call("BatchNorm2d", "bn", 1) with { Attributes = new() { ["eps"] = c.Real("bn_eps"), ["momentum"] = c.Real("bn_momentum") } };
        var node = conv with { Output = OutputKind.Quantized, Absorbed = relu ? new(bn, Nets.Call("ReLU", "relu", 0)) : new(bn) };
        var graph = new Graph("Test", "Net", March.Bayes, new(new GraphInput("x", Seq<int>.Empty, InputScale)), new(node), new(1));
        return new(
            graph,
            new Dictionary<string, Tensor>
            {
                ["layer.weight"] = c.Inputs["weight"].Float,
                ["layer.bias"] = c.Inputs.TryGetValue("bias", out var bias) ? bias.Float : zeros(channels),
                ["bn.weight"] = c.Inputs["bn_weight"].Float,
                ["bn.bias"] = c.Inputs["bn_bias"].Float,
                ["bn.running_mean"] = c.Inputs["running_mean"].Float,
                ["bn.running_var"] = c.Inputs["running_var"].Float,
            },
            new() { BatchNormMode = BatchNormMode.WithBNReverseFold, Activation = new() { DType = IsAffine(c) ? DType.QInt16 : DType.QInt8 } });
    }

    private static bool IsAffine(GoldenCase c) => c.Name.StartsWith("u8", StringComparison.Ordinal);

    private static void Close(Tensor expected, Tensor actual, double tolerance, long[] channels)
    {
        var error = (expected - actual.reshape(expected.shape)).index_select(0, tensor(channels)).abs().max().item<float>() / expected.abs().max().item<float>();
        Assert.True(error <= tolerance, $"{error}");
    }
}
