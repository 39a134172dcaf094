using QatGen.Arithmetic;
using QatGen.Graphs;
using QatGen.Torch.Modules;
using QatGen.Torch.Observers;
using static TorchSharp.torch;
using Activation = QatGen.Torch.QatValue.Activation;

namespace QatGen.Torch.Tests.Golden;

/// <summary>Training steps of one layer against PyTorch's QAT modules: outputs, gradients and scales.</summary>
public sealed class QatModuleTests
{
    // PyTorch's module takes reals; here they are integers of a step so fine that only the weights and the output are quantized.
    private const double InputScale = 1.0 / (1 << 16);

    // The largest weight of a channel is a tie (127.5 steps); where it is negative PyTorch takes -128 and we -127, and all that depends on it moves by up to 1 / 127.
    // The convolution has no such channel.
    private const double OneWeightStep = 1.0 / 127;

    [Theory]
    [InlineData("q8_perch_Conv2d", "Conv2d", false, 1e-5)]
    [InlineData("q8_perch_ConvReLU2d", "Conv2d", true, OneWeightStep)]
    [InlineData("q8_perch_Linear", "Linear", false, OneWeightStep)]
    [InlineData("q8_perch_LinearReLU", "Linear", true, OneWeightStep)]
    public void Call_TrainingSteps_FollowPyTorch(string name, string op, bool relu, double tolerance)
    {
        using var scope = NewDisposeScope();
        var c = GoldenFile.Read("qat_modules").Single(c => c.Name == name);
        var layer = op == "Linear" ? Nets.Linear("layer", 0, 12, 5) : Nets.Conv("layer", 0, 3, 5, bias: true);
        var node = layer with { Output = OutputKind.Quantized, Absorbed = relu ? new(Nets.Call("ReLU", "relu", 0)) : Seq<Node>.Empty };
        var graph = new Graph("Test", "Net", March.Bayes, new(new GraphInput("x", Seq<int>.Empty, InputScale)), new(node), new(1));
        var model = new GraphQat(graph, new Dictionary<string, Tensor> { ["layer.weight"] = c.Inputs["weight"].Float, ["layer.bias"] = c.Inputs["bias"].Float });
        foreach (var step in new[] { "0", "1", "2", "eval" })
        {
            model.SetState(step == "eval" ? FakeQuantState.Validation : FakeQuantState.Qat);
            model.Model.Nodes[0].Weight!.grad?.zero_();
            model.Model.Nodes[0].Bias!.grad?.zero_();
            var x = (c.Inputs["x" + step].Float / InputScale).requires_grad_();
            var y = DeQuantStub.Dequantize(model.Model.Nodes[0].Call(new Activation(x, Quantity.Of(InputScale, DType.QInt8))));
            (y * c.Inputs["dy" + step].Float).sum().backward();

            var outputScale = c.Outputs["afq_scale" + step].Scalar;
            Assert.InRange(model.Model.Nodes[0].OutputQuantizer!.Scale / outputScale, 1 - tolerance, 1 + tolerance);
            Assert.True(tensor(model.Model.Nodes[0].WeightQuantizer!.Scales).allclose(c.Outputs["wfq_scale" + step].Float, 1e-6));
            Assert.InRange((y - c.Outputs["y" + step].Float).abs().max().item<float>(), 0, tolerance < OneWeightStep ? outputScale * tolerance : outputScale * 1.01);
            if (!relu)
            {
                // With a fused ReLU gradients pass down to -0.5 steps (NUMERICS section 8), in PyTorch down to 0.
                Close(c.Outputs["dx" + step].Float, x.grad! / InputScale, tolerance);

                // PyTorch rounds the largest weight of a channel to 128, out of range, and stops its gradient; ours have no mask, because the scale follows them.
                var weight = c.Inputs["weight"].Float.flatten(1).abs();
                var others = weight < weight.amax([1], keepdim: true);
                Close(c.Outputs["dweight" + step].Float.flatten(1) * others, model.Model.Nodes[0].Weight!.grad!.flatten(1) * others, tolerance);
                Close(c.Outputs["dbias" + step].Float, model.Model.Nodes[0].Bias!.grad!, tolerance);
            }
        }
    }

    [Theory]
    [InlineData("u8_pertensor_Conv2d", "Conv2d", false)]
    [InlineData("u8_pertensor_ConvReLU2d", "Conv2d", true)]
    [InlineData("u8_pertensor_Linear", "Linear", false)]
    [InlineData("u8_pertensor_LinearReLU", "Linear", true)]
    public void Call_AffineScalesOfPyTorch_GivesItsOutputsAndGradients(string name, string op, bool relu)
    {
        using var scope = NewDisposeScope();
        var c = GoldenFile.Read("qat_modules").Single(c => c.Name == name);
        var layer = op == "Linear" ? Nets.Linear("layer", 0, 12, 5) : Nets.Conv("layer", 0, 3, 5, bias: true);
        var node = layer with { Output = OutputKind.Quantized, Absorbed = relu ? new(Nets.Call("ReLU", "relu", 0)) : Seq<Node>.Empty };
        var graph = new Graph("Test", "Net", March.Bayes, new(new GraphInput("x", Seq<int>.Empty, InputScale)), new(node), new(1));

        // One scale for all weights and a zero point are PyTorch's: its scales are put in place, in a session whose scales rest, and 16 bits are clamped to what 8 bits hold around the zero point.
        var config = new QConfig { Activation = new() { DType = DType.QInt16 }, Weight = new() { AveragingConstant = 0 } };
        var model = new GraphQat(graph, new Dictionary<string, Tensor> { ["layer.weight"] = c.Inputs["weight"].Float, ["layer.bias"] = c.Inputs["bias"].Float }, config);
        var (state, observer, own) = (model.state_dict(), new MovingAverageMinMaxObserver(), model.Model.Nodes[0]);
        model.Model.Session = new(FakeQuantState.Validation);
        state["layer.output_quant.scale"].fill_(1);
        own.Call(new Activation(zeros_like(c.Inputs["x0"].Float), Quantity.Of(InputScale, DType.QInt8)));
        foreach (var step in new[] { "0", "1", "2", "eval" })
        {
            observer.Observe(c.Inputs["weight"].Float);
            Assert.Equal(c.Outputs["wfq_scale" + step].Scalar, observer.Scales(DType.QInt8)[0], 1e-6 * observer.Scales(DType.QInt8)[0]);
            own.Weight!.grad?.zero_();
            own.Bias!.grad?.zero_();
            var (scale, zero) = (c.Outputs["afq_scale" + step].Scalar, c.Outputs["afq_zero_point" + step].Scalar);
            state["layer.weight_quant.scale"].copy_(c.Outputs["wfq_scale" + step].Float);
            state["layer.output_quant.scale"].copy_(c.Outputs["afq_scale" + step].Float);
            var x = (c.Inputs["x" + step].Float / InputScale).requires_grad_();
            var y = DeQuantStub.Dequantize(own.Call(new Activation(x, Quantity.Of(InputScale, DType.QInt8)))).clamp(-zero * scale, (255 - zero) * scale);
            (y * c.Inputs["dy" + step].Float).sum().backward();

            // The channel with the largest weight, a tie, is left out: its integer or its mask can be another one.
            var largest = own.Weight!.abs().eq(own.Weight!.abs().max());
            long[] same = [.. largest.logical_not().flatten(1).all(1).data<bool>().ToArray().Index().Where(static s => s.Item).Select(static s => (long)s.Index)];
            Assert.Equal(4, same.Length);
            Tensor Same(Tensor t, long axis = 0) => t.index_select(axis, tensor(same));
            Assert.InRange((Same(y - c.Outputs["y" + step].Float, 1) / scale).abs().max().item<float>(), 0, 1e-3);
            if (!relu)
            {
                Close(Same(c.Outputs["dweight" + step].Float), Same(own.Weight!.grad!), 1e-5);
                Close(Same(c.Outputs["dbias" + step].Float), Same(own.Bias!.grad!), 1e-5);
            }

            if (!relu && own.Weight![largest].item<float>() > 0)
            {
                Close(c.Outputs["dx" + step].Float, x.grad! / InputScale, 1e-5);
            }
        }
    }

    private static void Close(Tensor expected, Tensor actual, double tolerance) => Assert.InRange(((expected - actual.reshape(expected.shape)).abs().max() / expected.abs().max()).item<float>(), 0, tolerance);
}
