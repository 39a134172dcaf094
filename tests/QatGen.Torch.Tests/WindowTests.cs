using QatGen.Graphs;
using QatGen.Operators;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace QatGen.Torch.Tests;

/// <summary>What convolutions, batch norms and poolings mean, in float: the program of each of their examples against libtorch's own function.</summary>
public sealed class WindowTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public static IEnumerable<object[]> Cases =>
        from op in Catalogue.All
        where op.Name.StartsWith("Conv", StringComparison.Ordinal) || op.Name.StartsWith("BatchNorm", StringComparison.Ordinal) || op.Name.Contains("Pool") || op.Name == "Linear"
        from example in op.Examples()
        select new object[] { op.Name, example.Name };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Program_InFloat_IsLibtorchsFunction(string op, string name)
    {
        using var grad = no_grad();
        var graph = Nets.Of(Catalogue.Get(op).Examples().First(e => e.Name == name));
        var (node, state, data) = (graph.Nodes[^1], Nets.State(graph), Nets.Batch(graph));
        var result = ((QatValue.Activation)new GraphQat(graph, state).Model.Run(data)[0]).Data;
        var expected = Torch(node, data[0], state);
        foreach (var epilogue in node.Absorbed)
        {
            expected = epilogue.Operator switch { "Add" => expected + data[1], "ReLU" => F.relu(expected), _ => F.relu6(expected) };
        }

        Assert.Equal(expected.shape, result.shape);
        Assert.InRange((expected - result).abs().max().item<float>(), 0, 5e-5f);
    }

    [Theory]
    [InlineData("Conv1d", 4)]
    [InlineData("Conv2d", 3)]
    [InlineData("Conv3d", 4)]
    [InlineData("ConvTranspose2d", 3)]
    [InlineData("BatchNorm2d", 3)]
    [InlineData("MaxPool1d", 4)]
    [InlineData("AvgPool2d", 3)]
    [InlineData("AdaptiveAvgPool2d", 5)]
    public void Program_OnAnotherNumberOfAxes_NamesTheLayer(string op, int rank)
    {
        var example = Catalogue.Get(op).Examples().First();
        var graph = Nets.Of(example);
        graph = graph with { Inputs = graph.Inputs.Select(static i => i with { Shape = Seq<int>.Empty }).ToSeq() };
        var model = new GraphQat(graph, Nets.State(graph));
        var violation = Assert.Throws<QatGenException>(() => model.Model.Run([ones([2, example.InputShapes[0][1], .. Enumerable.Repeat(9L, rank - 2)])])).Violations.Single();
        Assert.Contains(violation.Rule, new[] { ShapeRules.LayerInput, ShapeRules.Movement });
        Assert.Equal(example.Node.Path, violation.Layer);
    }

    public void Dispose() => _scope.Dispose();

    private static Tensor Torch(Node node, Tensor x, Dictionary<string, Tensor> state)
    {
        var axes = node.Operator == "Linear" ? 1 : node.Operator[^2] - '0';
        var (weight, bias) = (state.GetValueOrDefault(node.WeightName), state.GetValueOrDefault(node.BiasName));
        long[] Of(string name, int otherwise) => [.. node.Numbers(name, axes, otherwise).Select(static n => (long)n)];
        var (kernel, padding, dilation, groups) = (Of("kernel_size", 1), Of("padding", 0), Of("dilation", 1), node.Integer("groups", 1));
        var stride = node.Attributes["stride"] is null && !node.Operator.StartsWith("Conv", StringComparison.Ordinal) ? kernel : Of("stride", 1);
        var (ceil, include, divisor) = (node.Flag("ceil_mode", false), node.Flag("count_include_pad", true), node.Attributes["divisor_override"] is Value.Integer d ? d.Number : (long?)null);
        var size = Of("output_size", 1);
        if (node.Operator.StartsWith("Conv", StringComparison.Ordinal))
        {
            var mode = (node.Attributes["padding_mode"] as Value.Member)?.Name ?? "Zeros";
            var isSame = node.Attributes["padding"] is Value.Member;
            var amounts = Enumerable.Range(0, axes).Reverse().SelectMany(a => isSame
                ? new[] { dilation[a] * (kernel[a] - 1) / 2, (dilation[a] * (kernel[a] - 1)) - (dilation[a] * (kernel[a] - 1) / 2) }
                : [padding[a], padding[a]]).ToArray();
            if (!node.Operator.Contains("Transpose"))
            {
                var kind = mode switch { "Reflect" => PaddingModes.Reflect, "Replicate" => PaddingModes.Replicate, "Circular" => PaddingModes.Circular, _ => PaddingModes.Constant };
                x = amounts.All(static a => a == 0) ? x : F.pad(x, amounts, kind);
            }
        }

        return node.Operator switch
        {
            "Conv1d" => F.conv1d(x, weight!, bias, stride[0], 0, dilation[0], groups),
            "Conv2d" => F.conv2d(x, weight!, bias, stride, [0, 0], dilation, groups),
            "Conv3d" => F.conv3d(x, weight!, bias, stride, [0, 0, 0], dilation, groups),
            "ConvTranspose1d" => F.conv_transpose1d(x, weight!, bias, stride[0], padding[0], Of("output_padding", 0)[0], dilation[0], groups),
            "ConvTranspose2d" => F.conv_transpose2d(x, weight!, bias, stride, padding, Of("output_padding", 0), dilation, groups),
            "ConvTranspose3d" => F.conv_transpose3d(x, weight!, bias, stride, padding, Of("output_padding", 0), dilation, groups),
            "BatchNorm1d" or "BatchNorm2d" or "BatchNorm3d" => F.batch_norm(x, state[node.Path + ".running_mean"], state[node.Path + ".running_var"], weight, bias),
            "MaxPool1d" => F.max_pool1d(x, kernel[0], stride[0], padding[0], dilation[0], ceil),
            "MaxPool2d" => F.max_pool2d(x, kernel, stride, padding, dilation, ceil),
            "MaxPool3d" => F.max_pool3d(x, kernel, stride, padding, dilation, ceil),
            "AvgPool1d" => F.avg_pool1d(x, kernel[0], stride[0], padding[0], ceil, include),
            "AvgPool2d" => F.avg_pool2d(x, kernel, stride, padding, ceil, include, divisor),
            "AvgPool3d" => F.avg_pool3d(x, kernel, stride, padding, ceil, include, divisor),
            "AdaptiveAvgPool1d" => F.adaptive_avg_pool1d(x, size[0]),
            "AdaptiveAvgPool2d" => F.adaptive_avg_pool2d(x, size),
            "AdaptiveAvgPool3d" => F.adaptive_avg_pool3d(x, size),
            "AdaptiveMaxPool1d" => F.adaptive_max_pool1d(x, size[0]),
            "AdaptiveMaxPool2d" => F.adaptive_max_pool2d(x, size),
            "Linear" => F.linear(x, weight!, bias),
            _ => throw new ArgumentOutOfRangeException(nameof(node)),
        };
    }
}
