using QatGen.Graphs;
using QatGen.Passes;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>
/// A convolution over one, two or three axes; absorbs batch norm, add and activation. Padding that is not of zeros is a movement before it. Depth is moved into the channels: each slice of the result
/// is a 2-D convolution of as many input slices as the kernel is deep.
/// </summary>
internal abstract class ConvOperator(string name, int axes) : Operator(name)
{
    protected int Axes => axes;

    public override Seq<Form> Forms => new(new(FormKind.Module, Name), new(FormKind.Functional, $"conv{axes}d"));

    public override Fusion Fusion => Fusion.ConvLike;

    public override bool OwnsScale => true;

    public override Seq<string> Structural => FunctionalLayer.Structural(axes > 1, "kernel_size", "stride", "padding", "dilation", "groups", "bias", "padding_mode");

    public override Seq<string> Sizes => new("in_channels", "out_channels");

    public override bool TakesAdd(Node node) => node.Numbers("stride", axes, 1) is var strides && strides[0] <= 2 && strides.All(s => s == strides[0]);

    public override bool IsComposite(Node node) => FunctionalLayer.Is(node);

    public override (double Int8, double Int16) CompositeSteps => FunctionalLayer.Steps;

    public override int[] Expand(Expansion call) => FunctionalLayer.Expand(call, axes + 2, "bias", weight => [
        ("in_channels", weight[1] * (int)call.Node.Integer("groups", 1)), ("out_channels", weight[0]), ("kernel_size", weight.Skip(2).Select(static k => (long)k).ToArray())]);

    public override IEnumerable<Violation> Check(Node node)
    {
        if (FunctionalLayer.Is(node))
        {
            foreach (var violation in FunctionalLayer.Check(node, axes))
            {
                yield return violation;
            }
        }

        if (node.Attributes["padding"] is Value.Member { Name: "Same" } && node.Numbers("stride", axes, 1).Any(static s => s != 1))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "padding", "Same", "stride 1 with it, as PyTorch does");
        }
    }

    public override Seq<ConstantRole> Constants(Node node)
    {
        var (kernel, input, output) = (node.Numbers("kernel_size", axes, 1), node.Count("in_channels"), node.Count("out_channels"));
        var perGroup = input < 0 ? input : input / (int)node.Integer("groups", 1);
        var map = Enumerable.Repeat(1, 3 - axes).Concat(kernel).ToArray();
        return new(
            ConstantRole.Weight(output, perGroup < 0 ? perGroup : perGroup * map[0], map[1], map[2]) with { Parameter = new([output, perGroup, .. kernel]) },
            ConstantRole.Bias(output),
            ConstantRole.Rescale(node));
    }

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants)
    {
        var (x, pads) = Padded(p, node, inputs[0]);
        var (kernel, strides, dilations) = (node.Numbers("kernel_size", axes, 1), node.Numbers("stride", axes, 1), node.Numbers("dilation", axes, 1));
        if (axes == 3)
        {
            x = pads[0] == default ? x : p.Move(x, new Movement.ConstantPad(new(0, 0, 0, 0, pads[0].Before, pads[0].After)));
            x = kernel[0] == 1 && strides[0] == 1 ? x : p.Move(x, new Movement.Windows(2, 1, kernel[0], strides[0], dilations[0]));
        }

        // Of a single row stride and padding do not matter; the stride of both directions is one for the march.
        var (row, column) = (Math.Max(0, axes - 2), axes - 1);
        var rowPads = axes == 1 ? default : pads[row];
        var geometry = new ConvGeometry(
            strides[row], strides[column], rowPads.Before, pads[column].Before, rowPads.After, pads[column].After, axes == 1 ? 1 : dilations[row], dilations[column],
            (int)node.Integer("groups", 1), axes + 2);
        return p.Rescale([p.Conv(x, constants[0], constants[1], geometry), .. inputs.Skip(1)], constants[2]);
    }

    /// <summary>The input, padded where that is not of zeros, and the zeros that are left to add on both sides of each axis.</summary>
    private (T X, (int Before, int After)[] Pads) Padded<T>(IPrimitives<T> p, Node node, T x)
    {
        var (kernel, dilations, both) = (node.Numbers("kernel_size", axes, 1), node.Numbers("dilation", axes, 1), node.Numbers("padding", axes, 0));

        // Padding.Same: the output is as large as the input; what is odd goes to the end, as in PyTorch.
        var pads = node.Attributes["padding"] is Value.Member { Name: "Same" }
            ? kernel.Select((k, a) => (k - 1) * dilations[a]).Select(static extra => (Before: extra / 2, After: extra - (extra / 2))).ToArray()
            : [.. both.Select(static pad => (Before: pad, After: pad))];
        Seq<int> amounts = pads.Reverse().SelectMany(static a => new[] { a.Before, a.After }).ToSeq();
        Movement? movement = (node.Attributes["padding_mode"] as Value.Member)?.Name switch
        {
            "Reflect" => new Movement.ReflectPad(amounts),
            "Replicate" => new Movement.ReplicatePad(amounts),
            "Circular" => new Movement.CircularPad(amounts),
            _ => null,
        };
        return movement is null || amounts.All(static a => a == 0) ? (x, pads) : (p.Move(x, movement), new (int, int)[axes]);
    }

    /// <summary>A module call with arguments that are one number for all axes, and others.</summary>
    protected Node Call(int input, int output, int kernel, int stride = 1, int padding = 0, int dilation = 1, int groups = 1, params (string Name, Value Value)[] others)
    {
        var attributes = new AttributeMap
        {
            ["in_channels"] = input,
            ["out_channels"] = output,
            ["kernel_size"] = kernel,
            ["stride"] = stride,
            ["padding"] = padding,
            ["dilation"] = dilation,
            ["groups"] = groups,
            ["bias"] = true,
        };
        return new(Name, "conv", new(FormKind.Module, Name), new(0), new(attributes.Concat(others.Select(static o => new KeyValuePair<string, Value>(o.Name, o.Value)))));
    }

    protected static (string Name, Value Value) Mode(string mode) => ("padding_mode", new Value.Member("TorchSharp.PaddingModes." + mode));

    protected static (string Name, Value Value) Same => ("padding", new Value.Member("TorchSharp.Padding.Same"));

    /// <summary>A call of the function, whose weight and bias are parameters of the example.</summary>
    protected Node Function(AttributeMap arguments) => new(Name, "conv", Forms[1], new(0), arguments);

    protected static Node Add { get; } = new("Add", "add", new(FormKind.Symbol, "op_Addition"), new(0, 1), new());

    protected static Node Behind(string name) => new(name, "relu", new(FormKind.Module, name), new(0), new());
}
