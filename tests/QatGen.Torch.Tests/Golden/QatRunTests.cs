using QatGen.Graphs;
using QatGen.Torch.Functions;
using QatGen.Torch.Observers;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests.Golden;

/// <summary>
/// Whole trainings of a small residual network on 8x8 digits against PyTorch's. One rounding that differs moves all that follows, so losses are compared within what PyTorch's own move when one initial weight changes by
/// 1e-7 or another convolution is chosen.
/// </summary>
public sealed class QatRunTests
{
    private static readonly IReadOnlyList<GoldenCase> Cases = GoldenFile.Read("qat_run");
    private static readonly GoldenCase Float = Cases.Single(static c => c.Name == "float");

    /// <summary>The conv layers, of which each has a batch norm.</summary>
    private static readonly string[] Layers = ["stem", "r1", "r2", "dw", "pw"];

    [Fact]
    public void Train_InFloat_HasPyTorchsLossesGradientsAndParameters()
    {
        using var scope = NewDisposeScope();
        var model = Model(new() { BatchNormMode = BatchNormMode.WithBN });
        var losses = Train(model, FakeQuantState.Float, first: () => Assert.All(Parameters(model), p => Close(Float.Outputs["grad0." + p.Key].Float, p.Value.grad!, 1e-4)));
        Assert.All(losses.Zip(Float.Outputs["loss"].Data), static l => Assert.Equal(l.Second, l.First, 2e-6));
        Assert.All(Parameters(model), p => Close(Float.Outputs["final." + p.Key].Float, p.Value, 1e-4));
        foreach (var layer in Layers)
        {
            Close(Float.Outputs[$"final.{layer}.bn.running_var"].Float, model.state_dict()[$"{layer}.bn.running_var"], 1e-4);
        }

        Close(Float.Outputs["logits_eval"].Float, Evaluate(model, FakeQuantState.Float), 1e-4);
    }

    [Theory]
    [InlineData("s8_perchannel", DType.QInt16)]
    [InlineData("u8_perchannel", DType.QInt8)]
    [InlineData("u8_pertensor", DType.QInt8)]
    [InlineData("qnnpack_default", DType.QInt8)]
    public void Train_Qat_StaysInTheEnvelopeOfPyTorchsRuns(string name, DType activations)
    {
        using var scope = NewDisposeScope();
        var c = Cases.Single(c => c.Name == name);

        // Activations of the first case are not quantized in PyTorch, so ours have 16 bits and a range that follows; those of the others have 8 bits behind a ReLU, ours 7. A channel's largest weight,
        // where it is negative, is -128 there and -127 here: ours is a run beside theirs, so the envelope is that of all of theirs.
        ObserverSettings? observer = activations == DType.QInt16 ? new ObserverSettings.MinMax() : null;
        var model = Model(new() { BatchNormMode = BatchNormMode.WithBNReverseFold, Activation = new() { DType = activations, Observer = observer } });
        var losses = Train(model, FakeQuantState.Qat);
        var gap = Math.Max(c.Real("max_loss_gap_init_perturbed_1e7"), c.Real("max_loss_gap_mkldnn_on_off"));
        double[][] theirs = [.. Cases.SelectMany(static o => new[] { "loss", "loss_perturbed", "loss_without_mkldnn" }.Select(n => o.Outputs[n].Data))];
        for (var step = 0; step < losses.Length; step++)
        {
            Assert.True(losses[step] >= theirs.Min(l => l[step]) - gap && losses[step] <= theirs.Max(l => l[step]) + gap, $"step {step}: {losses[step]} is not in {theirs.Min(l => l[step])} to {theirs.Max(l => l[step])}, {gap} around");
        }

        var logits = Evaluate(model, FakeQuantState.Validation);
        Assert.Equal(c.Integer("test_correct_of_64"), logits.argmax(1).eq(tensor(Float.Inputs["ytest"].Data, ScalarType.Int64)).sum().item<long>());
        var (integers, expected) = (model.ConvertToFixedPoint(), model.ValidationIntegers(Float.Inputs["xtest"].Float));
        Assert.Equal(NaivePrimitives.Run(integers, Nets.Quantized(integers.Signature, Float.Inputs["xtest"].Float)), expected.Data.Select(static v => (long)v));
    }

    /// <summary>What PyTorch's converted network reads and holds; each of its layers is compared in tests/QatGen.Judges.</summary>
    [Theory]
    [InlineData("u8_perchannel")]
    [InlineData("u8_pertensor")]
    [InlineData("qnnpack_default")]
    public void Quantize_InputAndFoldedWeights_AreThoseOfPyTorchsIntegerNetwork(string name)
    {
        using var scope = NewDisposeScope();
        var c = Cases.Single(c => c.Name == name);
        foreach (var engine in new[] { "qnnpack", "onednn" })
        {
            var input = c.Outputs[$"int8.{engine}.quantize_per_tensor"];
            var x = Float.Inputs["xtest"].Float.narrow(0, 0, input.Shape[0]);
            Same(input, QuantizeFunction.Run(x, input.Scales, new(DType.QInt16)), x.to(ScalarType.Float64) / input.Scales[0], 0, 255);
        }

        var model = Model(new(), c);
        foreach (var layer in Layers.Select(static l => l + ".conv").Append("fc"))
        {
            var (weight, bias) = model.Model.Nodes.Single(n => n.Node.Path == layer).Folded;
            var integers = c.Outputs[$"int8w.{layer}.weight"];
            var steps = weight.detach().to(ScalarType.Float64).reshape(integers.Shape) / tensor(integers.Scales).reshape([-1, .. integers.Shape.Skip(1).Select(static _ => 1L)]);
            Same(integers, QuantizeFunction.Run(weight.detach(), integers.Scales, new(DType.QInt8)).reshape(integers.Shape), steps, -128, 127);
            Close(c.Outputs[$"int8w.{layer}.bias"].Float, bias, 1e-6);
        }

        static void Same(GoldenTensor expected, Tensor ours, Tensor exact, int low, int high)
        {
            var (q, v) = (ours.contiguous().data<float>().ToArray(), exact.contiguous().data<double>().ToArray());
            Assert.Equal(expected.Data.Length, q.Length);
            Assert.All(expected.Data.Zip(q, v), e => Assert.InRange(Math.Abs(e.First - Math.Clamp(e.Second + expected.ZeroPoint, low, high)), 0, GoldenFile.IsTie(e.Third) ? 1 : 0));
        }
    }

    private static double[] Train(GraphQat model, FakeQuantState state, Action? first = null)
    {
        var (x, y) = (Float.Inputs["x"].Float, tensor(Float.Inputs["y"].Data, ScalarType.Int64).reshape(Float.Inputs["y"].Shape));
        var losses = new double[Float.Integer("steps")];
        model.SetState(state);
        model.train();

        // PyTorch's convolutions have no bias, ours have one that would be trained as soon as batch norms are frozen.
        using var optimizer = optim.SGD(Parameters(model).Values.Select(static p => (TorchSharp.Modules.Parameter)p), Float.Real("lr"), momentum: Float.Real("momentum"));
        for (var step = 0; step < losses.Length; step++)
        {
            if (step == Float.Integer("observer_off_from_step") && state == FakeQuantState.Qat)
            {
                model.SetAveragingConstant(0);
            }

            model.FreezeBatchNorm(step >= Float.Integer("bn_frozen_from_step"));
            optimizer.zero_grad();
            var loss = nn.functional.cross_entropy(model.call(x[step]), y[step]);
            loss.backward();
            if (step == 0)
            {
                first?.Invoke();
            }

            optimizer.step();
            losses[step] = loss.item<float>();
        }

        return losses;
    }

    private static Tensor Evaluate(GraphQat model, FakeQuantState state)
    {
        using var grad = no_grad();
        model.eval();
        model.SetState(state);
        return model.call(Float.Inputs["xtest"].Float);
    }

    /// <summary>Those that PyTorch's model has, by its names.</summary>
    private static Dictionary<string, Tensor> Parameters(GraphQat model) =>
        model.named_parameters().Where(static p => Float.Outputs.ContainsKey("final." + p.name)).ToDictionary(static p => p.name, static p => (Tensor)p.parameter);

    /// <summary>A model with the first parameters, or with the last of a training of PyTorch's.</summary>
    private static GraphQat Model(QConfig config, GoldenCase? trained = null)
    {
        Node[] Block(string name, int x, int inputs, int outputs, int kernel = 3, int stride = 1, int groups = 1) =>
            [Nets.Conv(name + ".conv", x, inputs, outputs, kernel, stride, groups), Nets.Call("BatchNorm2d", name + ".bn", x + 1)];
        var graph = Nets.Of(
            [1, 1, 8, 8],
            [
                .. Block("stem", 0, 1, 8), Nets.Call("ReLU", "stem.act", 2), .. Block("r1", 3, 8, 8), Nets.Call("ReLU", "r1.act", 5), .. Block("r2", 6, 8, 8), Nets.Call("Add", "add", 3, 8), Nets.Call("ReLU", "act", 9),
                .. Block("dw", 10, 8, 8, stride: 2, groups: 8), Nets.Call("ReLU", "dw.act", 12), .. Block("pw", 13, 8, 16, kernel: 1), Nets.Call("ReLU", "pw.act", 15),
                Nets.Pool("pool", 16), Nets.Call("Flatten", "flatten", 17), Nets.Linear("fc", 18, 16, 10),
            ]);
        var (all, prefix) = trained is null ? (Float.Inputs, "init.") : (trained.Outputs, "final.");
        var own = all.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal) && !t.Key.Contains("fake_quant", StringComparison.Ordinal) && !t.Key.Contains("post_process", StringComparison.Ordinal));
        return new(graph, own.ToDictionary(t => t.Key[prefix.Length..].Replace(".conv.bn.", ".bn.", StringComparison.Ordinal), static t => t.Value.Float), config);
    }

    private static void Close(Tensor expected, Tensor actual, double tolerance)
    {
        var error = (expected - actual.reshape(expected.shape)).abs().max().item<float>();
        Assert.True(error <= tolerance * Math.Max(1e-2, expected.abs().max().item<float>()), $"{error}");
    }
}
