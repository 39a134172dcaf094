using QatGen.Graphs;
using QatGen.Operators;
using QatGen.Passes;

namespace QatGen.Core.Tests;

/// <summary>Every combination of the toolkit's fusion table: each kind of convolution, batch norm, form of the add and of the activation, and the convolution on either side of the add.</summary>
public sealed class FusionTableTests
{
    private static readonly Form[] Adds = [new(FormKind.Symbol, "op_Addition"), new(FormKind.Torch, "add"), new(FormKind.Method, "add")];

    private static readonly (string Operator, Form Form)[] Activations =
        [.. from kind in new[] { FormKind.Module, FormKind.Functional } from op in new[] { "ReLU", "ReLU6" } select (op, new Form(kind, kind == FormKind.Module ? op : op.ToLowerInvariant()))];

    private static readonly Dictionary<string, (string[] Norms, int[] Shape)> Kinds = new()
    {
        ["Conv1d"] = (["BatchNorm1d"], [1, 8, 6]),
        ["Conv2d"] = (["BatchNorm2d"], [1, 8, 6, 6]),
        ["Conv3d"] = (["BatchNorm3d"], [1, 8, 4, 6, 6]),
        ["ConvTranspose1d"] = (["BatchNorm1d"], [1, 8, 6]),
        ["ConvTranspose2d"] = (["BatchNorm2d"], [1, 8, 6, 6]),
        ["ConvTranspose3d"] = (["BatchNorm3d"], [1, 8, 4, 6, 6]),
        ["Linear"] = (["BatchNorm1d"], [1, 8]),
    };

    public static TheoryData<string, bool, bool, bool> Combinations
    {
        get
        {
            var data = new TheoryData<string, bool, bool, bool>();
            foreach (var kind in Kinds.Keys)
            {
                for (var parts = 1; parts < 8; parts++)
                {
                    data.Add(kind, (parts & 1) != 0, (parts & 2) != 0, (parts & 4) != 0);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Run_EachForm_IsOneNode(string kind, bool bn, bool add, bool relu)
    {
        var (norms, shape) = Kinds[kind];
        foreach (var norm in bn ? norms : [""])
        {
            foreach (var sum in add ? Adds : [])
            {
                foreach (var activation in relu ? Activations : [("", new Form(FormKind.Module, ""))])
                {
                    Check(kind, shape, norm, sum, isFirst: true, activation);
                    Check(kind, shape, norm, sum, isFirst: false, activation);
                }
            }

            foreach (var activation in relu && !add ? Activations : [])
            {
                Check(kind, shape, norm, null, isFirst: true, activation);
            }

            if (!add && !relu)
            {
                Check(kind, shape, norm, null, isFirst: true, ("", new Form(FormKind.Module, "")));
            }
        }
    }

    /// <summary>An add joins the accumulator of strides 1 and 2 only.</summary>
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void TakesAdd_IsSaidOfTheStride(int stride, bool takes)
    {
        foreach (var kind in Kinds.Keys.Where(static k => k.StartsWith("Conv", StringComparison.Ordinal)))
        {
            var node = new Node(kind, "conv", new(FormKind.Module, kind), new(0), new() { ["stride"] = stride });
            Assert.Equal(takes || kind.StartsWith("ConvTranspose", StringComparison.Ordinal), Catalogue.Get(kind).TakesAdd(node));
        }
    }

    private static void Check(string kind, int[] shape, string norm, Form? sum, bool isFirst, (string Operator, Form Form) activation)
    {
        var nodes = new List<Node> { Of("ReLU", new(FormKind.Module, "ReLU"), 0) with { Path = "input" }, Of(kind, new(FormKind.Module, kind), 1) };
        if (norm.Length > 0)
        {
            nodes.Add(Of(norm, new(FormKind.Module, norm), nodes.Count));
        }

        if (sum is not null)
        {
            nodes.Add(isFirst ? Of("Add", sum, nodes.Count, 1) : Of("Add", sum, 1, nodes.Count));
        }

        if (activation.Operator.Length > 0)
        {
            nodes.Add(Of(activation.Operator, activation.Form, nodes.Count));
        }

        var expected = nodes.Skip(1).Select(static n => n.Operator).ToArray();
        nodes.Add(Of("Identity", new(FormKind.Module, "Identity"), nodes.Count));
        var result = Pipeline.Run(new("Test", "Net", March.NashE, new(new GraphInput("x", new(shape), 0)), nodes.ToSeq(), new(nodes.Count)));
        Assert.Empty(result.Violations);
        var fused = result.Fused!.Nodes[1];
        Assert.Equal(2, result.Fused.Nodes.Count);
        Assert.Equal(expected, fused.Absorbed.Select(static n => n.Operator).Prepend(fused.Operator));
        Assert.Equal(sum is null ? OutputKind.HighPrecision : OutputKind.Quantized, fused.Output);
    }

    private static Node Of(string op, Form form, params int[] inputs) => new(op, op.ToLowerInvariant(), form, new(inputs), op switch
    {
        "Linear" => new() { ["inputSize"] = 8, ["outputSize"] = 8, ["hasBias"] = true },
        "Conv1d" or "Conv2d" or "Conv3d" or "ConvTranspose1d" or "ConvTranspose2d" or "ConvTranspose3d" =>
            new() { ["in_channels"] = 8, ["out_channels"] = 8, ["kernel_size"] = 3, ["padding"] = 1, ["bias"] = true },
        "BatchNorm1d" or "BatchNorm2d" or "BatchNorm3d" => new() { ["num_features"] = 8 },
        _ => new(),
    });
}
