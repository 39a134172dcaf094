using QatGen.Graphs;
using QatGen.Operators;
using QatGen.Passes;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests;

/// <summary>Graphs to test with, and random parameters and data for them.</summary>
internal static class Nets
{
    /// <summary>The graph of an example: its one node, quantized as it would be inside a model, for the march of the fewest limits.</summary>
    public static Graph Of(Example example)
    {
        var owns = Catalogue.Get(example.Node.Operator).OwnsScaleIn(example.Nodes[example.Nodes.Count - 1]) && example.Node.Output == OutputKind.SameAsInput;
        var node = example.Nodes[example.Nodes.Count - 1] with { Output = owns ? OutputKind.Quantized : example.Node.Output };
        var graph = MarkMasks.Run(MarkIndices.Run(new("Test", "Net", March.NashE, example.InputShapes.Select(static (s, i) => new GraphInput($"x{i}", s, 0)).ToSeq(), new([.. example.Nodes.SkipLast(1), node]), new(node.Inputs.Count))));
        return Catalogue.Get(node.Operator).IsComposite(node) ? Expanded(graph) : graph;
    }

    /// <summary>The graph with its composites expanded, and fused; the result is quantized, as it would be inside a model.</summary>
    private static Graph Expanded(Graph graph)
    {
        var violations = new List<Violation>();
        var expanded = AssignQuantization.Run(FuseEpilogues.Run(ExpandComposites.Run(graph, violations)));
        return violations.Count > 0 ? throw new QatGenException(violations)
            : expanded with { Nodes = expanded.Nodes.Select(static n => n.Output == OutputKind.HighPrecision ? n with { Output = OutputKind.Quantized } : n).ToSeq() };
    }

    /// <summary>A graph of nodes in order; node i is value i + 1 and value 0 the input of <paramref name="shape"/>. The last node is the output.</summary>
    public static Graph Of(int[] shape, params Node[] nodes)
    {
        var result = Pipeline.Run(new("Test", "Net", March.Bayes, new(new GraphInput("x", new(shape), 0)), new(nodes), new(nodes.Length)));
        return result.Fused ?? throw new QatGenException(result.Violations);
    }

    public static Node Conv(string path, int x, int input, int output, int kernel = 3, int stride = 1, int groups = 1, bool bias = false) => new("Conv2d", path, new(FormKind.Module, "Conv2d"), new(x), new()
    {
        ["in_channels"] = input,
        ["out_channels"] = output,
        ["kernel_size"] = kernel,
        ["stride"] = stride,
        ["padding"] = kernel / 2,
        ["groups"] = groups,
        ["bias"] = bias,
    });

    public static Node Call(string op, string path, params int[] inputs) => new(op, path, new(FormKind.Module, op), new(inputs), new());

    public static Node Pool(string path, int x) => new("AdaptiveAvgPool2d", path, new(FormKind.Module, "AdaptiveAvgPool2d"), new(x), new() { ["output_size"] = 1 });

    public static Node Linear(string path, int x, int input, int output) =>
        new("Linear", path, new(FormKind.Module, "Linear"), new(x), new() { ["inputSize"] = input, ["outputSize"] = output, ["hasBias"] = true });

    /// <summary>conv + bn + relu, a residual block with a strided shortcut, a depthwise block, max pool, global pool and linear: [N, 1, side, side] to [N, 10].</summary>
    public static Graph Residual(int side = 12, int width = 8) => Of(
        [1, 1, side, side],
        Conv("stem.conv", 0, 1, width), Call("BatchNorm2d", "stem.bn", 1), Call("ReLU", "stem.relu", 2),
        Conv("block.conv1", 3, width, 2 * width, stride: 2), Call("BatchNorm2d", "block.bn1", 4), Call("ReLU", "block.relu1", 5),
        Conv("block.conv2", 6, 2 * width, 2 * width), Call("BatchNorm2d", "block.bn2", 7),
        Conv("block.down", 3, width, 2 * width, kernel: 1, stride: 2), Call("BatchNorm2d", "block.down_bn", 9),
        Call("Add", "block.add", 8, 10), Call("ReLU", "block.relu2", 11),
        Conv("deep.conv", 12, 2 * width, 2 * width, groups: 2 * width, stride: 2), Call("BatchNorm2d", "deep.bn", 13), Call("ReLU6", "deep.relu", 14),
        Conv("deep.point", 15, 2 * width, 4 * width, kernel: 1, bias: true), Call("ReLU", "deep.relu2", 16),
        Pool("pool", 17), Call("Flatten", "flatten", 18), Linear("fc", 19, 4 * width, 10));

    /// <summary>Random parameters by the names of the float model, with batch statistics away from 0 and 1.</summary>
    public static Dictionary<string, Tensor> State(Graph graph, long seed = 1)
    {
        manual_seed(seed);
        var state = new Dictionary<string, Tensor>();
        foreach (var (i, node) in graph.Nodes.Index())
        {
            var roles = Catalogue.Get(node.Operator).Constants(node);
            if (roles.FirstOrDefault(static r => r.Kind == ConstantKind.Tensor) is { } read)
            {
                long[] sizes = [.. (node.Part is { Shape.Count: > 0 } part ? part.Shape : read.Shape).Select(static d => (long)d)];
                state[((Value.Text)node.Attributes["target"]!).Content] = node.Part?.Type == DType.QInt32 ? randint(PositionsOf(graph, graph.Inputs.Count + i), sizes, ScalarType.Int64)
                    : ConstantTensor.ReadingOf(node) == MaskReading.None ? randn(sizes) : Hiding(sizes);
            }

            if (roles.FirstOrDefault(static r => r is { Kind: ConstantKind.Weight, Fixed.Count: 0 }) is not { } weight)
            {
                continue;
            }

            var isNorm = Catalogue.Get(node.Operator).Fusion == Fusion.BatchNorm;
            long[] shape = [.. weight.Parameter.Select(static d => (long)d)];
            var outputs = weight.Layout is null ? shape[0] : shape[1] * weight.Groups;
            if (!isNorm)
            {
                state[node.WeightName] = randn(shape) / Math.Sqrt(shape.Skip(1).Aggregate(1.0, static (n, d) => n * d));
            }

            if (!isNorm && node.Flag("bias", node.Flag("hasBias", true)))
            {
                state[node.BiasName] = randn(outputs) * 0.1;
            }

            if ((isNorm ? node : node.Find(Fusion.BatchNorm)) is { } bn)
            {
                state[bn.Path + ".weight"] = (randn(outputs) * 0.2) + 1;
                state[bn.Path + ".bias"] = randn(outputs) * 0.2;
                state[bn.Path + ".running_mean"] = randn(outputs) * 0.2;
                state[bn.Path + ".running_var"] = rand(outputs) + 0.5;
                state[bn.Path + ".num_batches_tracked"] = tensor(7L);
            }
        }

        return state;
    }

    /// <summary>A mask of numbers that are added, of which some hide but none of the first column.</summary>
    private static Tensor Hiding(long[] shape)
    {
        var mask = randn(shape).masked_fill(rand(shape).lt(0.4), float.NegativeInfinity);
        mask[TensorIndex.Ellipsis, 0] = 0;
        return mask;
    }

    /// <summary>A calibrated model of a graph.</summary>
    public static GraphQat Calibrated(Graph graph, long seed = 1, QConfig? config = null)
    {
        var model = new GraphQat(graph, State(graph, seed), config);
        for (var i = 0; i < 3; i++)
        {
            model.Calibrate([Batch(graph)]);
        }

        return model;
    }

    /// <summary>Normally distributed data, one tensor per input; positions are evenly distributed.</summary>
    public static Tensor[] Batch(Graph graph, int batch = 2, double spread = 1) => [.. graph.Inputs.Select((input, i) =>
    {
        long[] shape = [batch, .. input.Shape.Skip(1).Select(static d => (long)d)];
        return input.IsMask ? rand(shape).lt(0.3) : input.DType == DType.QInt32 ? randint(PositionsOf(graph, i), shape, ScalarType.Int64) : randn(shape) * spread;
    })];

    /// <summary>How many positions a value can say that an operator of the graph reads as such.</summary>
    public static int PositionsOf(Graph graph, int value)
    {
        var node = graph.Nodes.First(n => Catalogue.Get(n.Operator).IndexOperand is >= 0 and var at && n.Inputs[at] == value);
        if (node.Attributes["num_embeddings"] is Value.Integer { Number: var count })
        {
            return (int)count;
        }

        var data = graph.Inputs[node.Inputs[0]].Shape;
        return data[(int)node.Integer("dim", 0) is var axis && axis < 0 ? axis + data.Count : axis];
    }

    /// <summary>The same data, quantized by a signature.</summary>
    public static QTensor[] Quantized(Signature signature, params Tensor[] inputs) => [.. inputs.Select((x, i) => signature.Quantize(i, x.to(ScalarType.Float32).data<float>().ToArray(), (int)x.shape[0]))];
}
