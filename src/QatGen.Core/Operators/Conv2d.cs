using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>2-D convolution with zero padding; absorbs batch norm, add and activation.</summary>
internal sealed class Conv2d() : Operator("Conv2d")
{
    public override Seq<Form> Forms => new(new Form(FormKind.Module, "Conv2d"));

    public override Fusion Fusion => Fusion.ConvLike;

    public override bool OwnsScale => true;

    public override Seq<string> Structural => new("kernel_size", "stride", "padding", "dilation", "groups", "bias", "padding_mode");

    public override Seq<string> Sizes => new("in_channels", "out_channels");

    public override bool TakesAdd(Node node) => node.Pair("stride", 1) is (1, 1) or (2, 2);

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Attributes["padding_mode"] is Value.Member { Name: not "Zeros" } mode)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "padding_mode", mode.Name, "zero padding");
        }

        if (node.Attributes["padding"] is Value.Member { Name: "Same" } && node.Pair("stride", 1) != (1, 1))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "padding", "Same", "stride 1 with it, as PyTorch does");
        }
    }

    public override Seq<ConstantRole> Constants(Node node)
    {
        var (height, width) = node.Pair("kernel_size", 1);
        var (input, output) = (node.Count("in_channels"), node.Count("out_channels"));
        var perGroup = input < 0 ? input : input / (int)node.Integer("groups", 1);
        return new(ConstantRole.Weight(output, perGroup, height, width), ConstantRole.Bias(output), ConstantRole.Rescale(node));
    }

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) =>
        p.Rescale([p.Conv(inputs[0], constants[0], constants[1], Geometry(node)), .. inputs.Skip(1)], constants[2]);

    private static ConvGeometry Geometry(Node node)
    {
        var (strideH, strideW) = node.Pair("stride", 1);
        var (dilationH, dilationW) = node.Pair("dilation", 1);
        var (kernelH, kernelW) = node.Pair("kernel_size", 1);
        var (padH, padW) = node.Pair("padding", 0);
        var geometry = new ConvGeometry(strideH, strideW, padH, padW, padH, padW, dilationH, dilationW, (int)node.Integer("groups", 1));

        // Padding.Same: the output is as large as the input; what is odd goes to the end, as in PyTorch.
        var (extraH, extraW) = (dilationH * (kernelH - 1), dilationW * (kernelW - 1));
        return node.Attributes["padding"] is Value.Member { Name: "Same" }
            ? geometry with { PadTop = extraH / 2, PadLeft = extraW / 2, PadBottom = extraH - (extraH / 2), PadRight = extraW - (extraW / 2) }
            : geometry;
    }

    public override IEnumerable<Example> Examples()
    {
        static Node Conv(int input, int output, int kernel, int stride = 1, int padding = 0, int dilation = 1, int groups = 1) =>
            new("Conv2d", "conv", new(FormKind.Module, "Conv2d"), new(0), new()
            {
                ["in_channels"] = input,
                ["out_channels"] = output,
                ["kernel_size"] = kernel,
                ["stride"] = stride,
                ["padding"] = padding,
                ["dilation"] = dilation,
                ["groups"] = groups,
                ["bias"] = true,
            });

        var add = new Node("Add", "add", new(FormKind.Symbol, "op_Addition"), new(0, 1), new());
        var relu = new Node("ReLU", "relu", new(FormKind.Module, "ReLU"), new(0), new());
        var relu6 = new Node("ReLU6", "relu6", new(FormKind.Module, "ReLU6"), new(0), new());
        yield return Example.Of("3x3", Conv(3, 8, 3, padding: 1), [2, 3, 9, 7]);
        yield return Example.Of("1x1", Conv(5, 16, 1), [1, 5, 6, 6]);
        yield return Example.Of("1-pixel", Conv(7, 3, 1), [1, 7, 1, 1]);
        yield return Example.Of("7x7 stride 2", Conv(3, 16, 7, 2, 3), [1, 3, 23, 20]);
        yield return Example.Of("depthwise", Conv(12, 12, 3, padding: 1, groups: 12), [1, 12, 8, 11]);
        yield return Example.Of("depthwise stride 2", Conv(33, 33, 3, 2, 1, groups: 33), [1, 33, 9, 9]);
        yield return Example.Of("groups", Conv(8, 12, 3, padding: 1, groups: 4), [2, 8, 5, 5]);
        yield return Example.Of("dilation", Conv(4, 6, 3, padding: 2, dilation: 2), [1, 4, 11, 8]);
        yield return Example.Of("wide", Conv(130, 67, 3, padding: 1), [1, 130, 4, 5]);
        yield return Example.Of("relu", Conv(6, 9, 3, padding: 1) with { Absorbed = new(relu) }, [1, 6, 7, 7]);
        yield return Example.Of("relu6", Conv(6, 9, 3, padding: 1) with { Absorbed = new(relu6) }, [1, 6, 7, 7]);
        yield return Example.Of("add", Conv(6, 9, 3, padding: 1) with { Absorbed = new(add) }, [1, 6, 7, 7], [1, 9, 7, 7]);
        yield return Example.Of("add relu stride 2", Conv(16, 24, 3, 2, 1) with { Absorbed = new(add, relu) }, [2, 16, 8, 8], [2, 24, 4, 4]);
        yield return Example.Of("high precision", Conv(6, 5, 3) with { Output = OutputKind.HighPrecision }, [1, 6, 7, 5]);
        yield return Example.Of("high precision relu6", Conv(6, 5, 3) with { Output = OutputKind.HighPrecision, Absorbed = new(relu6) }, [1, 6, 7, 5]);
    }
}
