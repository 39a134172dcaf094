using QatGen.Graphs;
using QatGen.Passes;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>
/// A transposed convolution over one, two or three axes; absorbs batch norm, add and activation. It is a convolution that computes all phases of a step as channels (<see cref="WeightLayout"/>), and a
/// movement that puts them at their places: no multiplication with a zero between the inputs.
/// </summary>
internal abstract class TransposedConvOperator(string name, int axes) : Operator(name)
{
    public override Seq<Form> Forms => axes < 3 ? new(new(FormKind.Module, Name), new(FormKind.Functional, $"conv_transpose{axes}d")) : new(new Form(FormKind.Module, Name));

    public override Fusion Fusion => Fusion.ConvLike;

    public override bool OwnsScale => true;

    public override Seq<string> Structural => FunctionalLayer.Structural(axes == 2, "kernel_size", "stride", "padding", "output_padding", "dilation", "groups", "bias", "padding_mode");

    public override Seq<string> Sizes => new("in_channels", "out_channels");

    public override bool IsComposite(Node node) => FunctionalLayer.Is(node);

    public override (double Int8, double Int16) CompositeSteps => FunctionalLayer.Steps;

    public override int[] Expand(Expansion call) => FunctionalLayer.Expand(call, axes + 2, "bias", weight => [
        ("in_channels", weight[0]), ("out_channels", weight[1] * (int)call.Node.Integer("groups", 1)), ("kernel_size", weight.Skip(2).Select(static k => (long)k).ToArray())]);

    public override IEnumerable<Violation> Check(Node written)
    {
        var node = FunctionalLayer.Is(written) ? written with { Attributes = FunctionalLayer.Arguments(written) } : written;
        if (FunctionalLayer.Is(node))
        {
            foreach (var violation in FunctionalLayer.Check(node, axes))
            {
                yield return violation;
            }
        }

        if (node.Attributes["padding_mode"] is Value.Member { Name: not "Zeros" } mode)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "padding_mode", mode.Name, "zero padding, as PyTorch does");
        }

        if (PhasesOf(node).Any(static a => a.OutputPadding >= Math.Max(a.Stride, a.Dilation)))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "output_padding", node.Attributes["output_padding"]!.ToString(), "less than the stride or the dilation, as PyTorch does");
        }
    }

    public override Seq<ConstantRole> Constants(Node node)
    {
        var (input, output, groups) = (node.Count("in_channels"), node.Count("out_channels"), (int)node.Integer("groups", 1));
        var layout = new WeightLayout(PhasesOf(node), IsDepthwise(node) ? 1 : groups);
        return new(
            ConstantRole.Weight([.. layout.Shape(output, input < 0 ? input : input / groups)]) with
            {
                Parameter = new([input, output < 0 ? output : output / groups, .. node.Numbers("kernel_size", axes, 1)]),
                Layout = layout,
                Groups = groups,
            },
            ConstantRole.Bias(output),
            ConstantRole.Rescale(node));
    }

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants)
    {
        var (phased, groups, x) = (PhasesOf(node), (int)node.Integer("groups", 1), inputs[0]);
        var phases = phased.Aggregate(1, static (n, a) => n * a.Phases);
        if (IsDepthwise(node) && phases > 1)
        {
            x = p.Move(x, new Movement.Repeat(new([phases, .. Enumerable.Repeat(1, axes)])));
        }

        if (axes == 3)
        {
            x = phased[0] is { Before: 0, After: 0 } ? x : p.Move(x, new Movement.ConstantPad(new(0, 0, 0, 0, phased[0].Before, phased[0].After)));
            x = phased[0].Taps == 1 ? x : p.Move(x, new Movement.Windows(2, 1, phased[0].Taps, 1, phased[0].Step));
        }

        var (row, column) = (axes == 1 ? new(1, 1, 0, 0, 1) : phased[axes - 2], phased[axes - 1]);
        var geometry = new ConvGeometry(
            1, 1, row.Before, column.Before, row.After, column.After, row.Step, column.Step, IsDepthwise(node) ? groups * phases : groups, axes + 2);
        var sum = p.Conv(x, constants[0], constants[1], geometry);

        // With an add the accumulators go to their places first, else the rescaled and so smaller integers.
        return inputs.Length > 1 ? p.Rescale([Placed(p, node, sum), .. inputs.Skip(1)], constants[2]) : Placed(p, node, p.Rescale([sum], constants[2]));
    }

    private T Placed<T>(IPrimitives<T> p, Node node, T x)
    {
        var phased = PhasesOf(node);
        return phased.All(static a => a is { Phases: 1, CutStart: 0, CutEnd: 0 }) ? x
            : p.Move(x, new Movement.Interleave(
                IsDepthwise(node) ? 1 : (int)node.Integer("groups", 1),
                phased.Select(static a => a.Phases).ToSeq(), phased.Select(static a => a.CutStart).ToSeq(), phased.Select(static a => a.CutEnd).ToSeq()));
    }

    protected Seq<PhasedAxis> PhasesOf(Node node)
    {
        var (kernel, stride, padding) = (node.Numbers("kernel_size", axes, 1), node.Numbers("stride", axes, 1), node.Numbers("padding", axes, 0));
        var (output, dilation) = (node.Numbers("output_padding", axes, 0), node.Numbers("dilation", axes, 1));
        return Enumerable.Range(0, axes).Select(a => new PhasedAxis(kernel[a], stride[a], padding[a], output[a], dilation[a])).ToSeq();
    }

    /// <summary>Whether each channel is on its own: its input is repeated for each phase, which keeps the convolution depthwise.</summary>
    private static bool IsDepthwise(Node node) => node.Integer("groups", 1) is > 1 and var groups && node.Count("in_channels") == groups && node.Count("out_channels") == groups;

    /// <summary>A module call with arguments that are one number for all axes, and others.</summary>
    protected Node Call(int input, int output, int kernel, int stride, int padding = 0, int outputPadding = 0, int dilation = 1, int groups = 1, params (string Name, Value Value)[] others)
    {
        var attributes = new AttributeMap
        {
            ["in_channels"] = input,
            ["out_channels"] = output,
            ["kernel_size"] = kernel,
            ["stride"] = stride,
            ["padding"] = padding,
            ["output_padding"] = outputPadding,
            ["dilation"] = dilation,
            ["groups"] = groups,
            ["bias"] = true,
        };
        return new(Name, "conv", new(FormKind.Module, Name), new(0), new(attributes.Concat(others.Select(static o => new KeyValuePair<string, Value>(o.Name, o.Value)))));
    }

    /// <summary>A call of the function, whose weight and bias are parameters of the example.</summary>
    protected Node Function(AttributeMap arguments) => new(Name, "conv", Forms[1], new(0), arguments);

    protected static Node Add { get; } = new("Add", "add", new(FormKind.Symbol, "op_Addition"), new(0, 1), new());

    protected static Node Relu { get; } = new("ReLU", "relu", new(FormKind.Module, "ReLU"), new(0), new());
}
