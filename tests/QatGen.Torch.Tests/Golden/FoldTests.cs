using QatGen.Graphs;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests.Golden;

public sealed class FoldTests
{
    [Fact]
    public void LoadFloat_ConvolutionWithBatchNorm_FoldsAsPyTorch()
    {
        var cases = GoldenFile.Read("bn_fold");
        Assert.Equal(18, cases.Count);
        foreach (var c in cases)
        {
            using var scope = NewDisposeScope();
            var shape = c.Inputs["weight"].Shape;
            var op = c.Text("kind") switch { "linear" => "Linear", "conv1d" => "Conv1d", "convtranspose2d" => "ConvTranspose2d", _ => "Conv2d" };
            var (isLinear, isTransposed) = (op == "Linear", op == "ConvTranspose2d");
            var bias = c.Inputs.ContainsKey("bias");
            var bn = Nets.Call("BatchNorm2d", "bn", 0) with { Attributes = new() { ["eps"] = c.Real("eps"), ["affine"] = c.Inputs.ContainsKey("bn_weight") } };
            var attributes = isLinear
                ? new AttributeMap { ["inputSize"] = shape[1], ["outputSize"] = shape[0], ["hasBias"] = bias }
                : new AttributeMap
                {
                    ["in_channels"] = isTransposed ? shape[0] : shape[1] * c.Integer("groups"),
                    ["out_channels"] = isTransposed ? shape[1] * c.Integer("groups") : shape[0],
                    ["kernel_size"] = shape[2],
                    ["stride"] = c.Integer("stride"),
                    ["padding"] = c.Integer("padding"),
                    ["groups"] = c.Integer("groups"),
                    ["output_padding"] = isTransposed ? c.Integer("output_padding") : 0,
                    ["bias"] = bias,
                };
            var node = new Node(op, "layer", new(FormKind.Module, op), new(0), attributes) { Absorbed = new(bn), Output = OutputKind.HighPrecision };
            var graph = new Graph("Test", "Net", March.Bayes, new(new GraphInput("x", Seq<int>.Empty, 0)), new(node), new(1));
            var state = c.Inputs.Where(static i => i.Key != "x").ToDictionary(static i => Key(i.Key), static i => i.Value.Float);
            var model = new GraphQat(graph, state);

            // The node has the output channels of a transposed convolution first.
            var weight = c.Outputs["weight"].Float;
            Close((isTransposed ? weight.transpose(0, 1) : weight).flatten(), model.Model.Nodes[0].Weight!.flatten(), 1e-6);
            Close(c.Outputs["bias"].Float, model.Model.Nodes[0].Bias!, 1e-6);
            Close(c.Outputs["y"].Float, model.call(c.Inputs["x"].Float), 2e-5);
        }
    }

    private static string Key(string golden) =>
        golden.StartsWith("running", StringComparison.Ordinal) ? "bn." + golden : golden.StartsWith("bn_", StringComparison.Ordinal) ? "bn." + golden[3..] : "layer." + golden;

    private static void Close(Tensor expected, Tensor actual, double tolerance) => Assert.True(expected.allclose(actual, tolerance, tolerance), $"{actual - expected}");
}
