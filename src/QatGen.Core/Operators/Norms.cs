using QatGen.Graphs;
using QatGen.Marches;
using QatGen.Passes;

namespace QatGen.Operators;

/// <summary>(x - mean) / sqrt(variance + eps) over some axes, then gamma and beta: mean, difference, mean of squares, table, products (NUMERICS section 6).</summary>
internal abstract class NormOperator(string name, params Form[] forms) : CompositeOperator(name, (0.7, 45))
{
    public override Seq<Form> Forms => new(forms);

    /// <summary>x less its mean, and 1 / sqrt(variance + eps), over axes.</summary>
    protected static (int Centred, int Factor) Standard(Expansion call, int x, params long[] axes)
    {
        var over = new AttributeMap { ["dim"] = axes, ["keepdim"] = true };
        var centred = call.Add("centred", "Sub", new(x, call.Add("mean", "Mean", new(x), over)));
        var variance = call.Add("variance", "Mean", new(call.Add("squares", "Mul", new(centred, centred))), over);
        return (centred, call.Add("factor", "InverseRoot", new(variance), new() { ["eps"] = call.Node.Real("eps", 1e-5) }));
    }

    /// <summary>The result: x times factor, times gamma, plus beta, of which either may be missing.</summary>
    protected static int Affine(Expansion call, int x, int factor, int? gamma, int? beta)
    {
        if (gamma is null)
        {
            return call.Result("Mul", new(x, factor));
        }

        var normal = call.Add("normal", "Mul", new(x, factor));
        return beta is null ? call.Result("Mul", new(normal, gamma.Value)) : call.Result("Add", new(call.Add("scaled", "Mul", new(normal, gamma.Value)), beta.Value));
    }
}

/// <summary>Normalizes each position over its last axes.</summary>
internal sealed class LayerNorm() : NormOperator("LayerNorm", new(FormKind.Module, "LayerNorm"), new(FormKind.Functional, "layer_norm"))
{
    public override Seq<MarchNote> MarchNotes => new([.. base.MarchNotes, MarchNote.Reads(On.BothBayes, DType.QInt8)]);

    public override Seq<string> Structural => new("normalized_shape", "eps", "elementwise_affine", "bias");

    public override IEnumerable<Violation> Check(Node node)
    {
        if (Rank(node) == 0 || node.Inputs.Count == 2)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "arguments", node.Attributes.ToString(), "a constant number of last axes, and both weight and bias or neither");
        }
    }

    public override int[] Expand(Expansion call)
    {
        var node = call.Node;
        var (centred, factor) = Standard(call, call.Inputs[0], [.. Enumerable.Range(1, Rank(node)).Select(static a => (long)-a)]);
        var isAffine = node.Form.Kind == FormKind.Module && node.Flag("elementwise_affine", true);
        int? gamma = isAffine ? call.Parameter("weight", Lengths(node)) : node.Inputs.Count == 3 ? node.Inputs[1] : null;
        int? beta = isAffine && node.Flag("bias", true) ? call.Parameter("bias", Lengths(node)) : node.Inputs.Count == 3 ? node.Inputs[2] : null;
        return [Affine(call, centred, factor, gamma, beta)];
    }

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs) => BatchFirst.InFront(node, inputs, Rank(node));

    private static int Rank(Node node) => node.Attributes["normalized_shape"] switch { Value.Items items => items.Elements.Count, null => 0, _ => 1 };

    private static int[] Lengths(Node node) => node.Attributes["normalized_shape"] is Value.Items items
        ? [.. items.Elements.Select(static e => e is Value.Integer i ? (int)i.Number : Primitives.Fact.UnknownDimension)]
        : [node.Count("normalized_shape")];

    public override IEnumerable<Example> Examples()
    {
        Node Over(Value shape, bool affine = true, bool bias = true) =>
            new(Name, "norm", Forms[0], new(0), new() { ["normalized_shape"] = shape, ["eps"] = 1e-5, ["elementwise_affine"] = affine, ["bias"] = bias });
        yield return Example.Of("tokens", Over(33), [2, 7, 33]);
        yield return Example.Of("vectors", Over(17), [3, 17]);
        yield return Example.Of("map", Over(new long[] { 5, 3, 7 }), [2, 5, 3, 7]);
        yield return Example.Of("without bias", Over(24, bias: false), [2, 5, 24]);
        yield return Example.Of("plain", Over(new long[] { 3, 7 }, affine: false), [2, 5, 3, 7]);
    }
}

/// <summary>Normalizes groups of channels over all their positions.</summary>
internal sealed class GroupNorm() : NormOperator("GroupNorm", new Form(FormKind.Module, "GroupNorm"))
{
    public override Seq<string> Structural => new("num_groups", "num_channels", "eps", "affine");

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Integer("num_groups", 0) < 1)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "num_groups", node.Attributes.ToString(), "a constant number of groups");
        }
    }

    public override int[] Expand(Expansion call)
    {
        var (node, shape) = (call.Node, call.Shape(call.Inputs[0]));
        var (centred, factor) = Standard(call, call.Add("groups", "View", call.Inputs, To([(int)node.Integer("num_groups", 1), -1])), 2);
        if (!node.Flag("affine", true))
        {
            return [call.Result("View", new(call.Configured("normal", "Mul", new(centred, factor))), To(shape.Skip(1)))];
        }

        // Channels have their own gamma and beta, so they come apart before these.
        int[] sizes = [shape[1], .. shape.Skip(2).Select(static _ => 1)];
        var normal = call.Add("channels", "View", new(call.Add("normal", "Mul", new(centred, factor))), To(shape.Skip(1)));
        return [call.Result("Add", new(call.Add("scaled", "Mul", new(normal, call.Parameter("weight", sizes))), call.Parameter("bias", sizes)))];
    }

    private static AttributeMap To(IEnumerable<int> sizes) => new() { ["shape"] = new Value.Items(new([new Value.InputSize(0), .. sizes.Select(static s => (Value)s)])) };

    public override IEnumerable<Example> Examples()
    {
        Node Over(int groups, int channels, bool affine = true) =>
            new(Name, "norm", Forms[0], new(0), new() { ["num_groups"] = groups, ["num_channels"] = channels, ["eps"] = 1e-5, ["affine"] = affine });
        yield return Example.Of("map", Over(3, 12), [2, 12, 5, 7]);
        yield return Example.Of("one group", Over(1, 7), [2, 7, 3, 5]);
        yield return Example.Of("sequence", Over(4, 8), [2, 8, 11]);
        yield return Example.Of("plain", Over(2, 6, affine: false), [2, 6, 5, 3]);
    }
}

/// <summary>Normalizes each channel of each frame over its positions, in <paramref name="axes"/> axes.</summary>
internal abstract class InstanceNorm(int axes) : NormOperator($"InstanceNorm{axes}d", new Form(FormKind.Module, $"InstanceNorm{axes}d"))
{
    public override Seq<string> Structural => new("num_features", "eps", "affine", "track_running_stats");

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Flag("track_running_stats", false))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "track_running_stats", "true", "the statistics of each frame, which running ones do not give");
        }
    }

    public override int[] Expand(Expansion call)
    {
        var (centred, factor) = Standard(call, call.Inputs[0], [.. Enumerable.Range(2, axes).Select(static a => (long)a)]);
        int[] sizes = [call.Node.Count("num_features"), .. Enumerable.Repeat(1, axes)];
        var isAffine = call.Node.Flag("affine", false);
        return [Affine(call, centred, factor, isAffine ? call.Parameter("weight", sizes) : null, isAffine ? call.Parameter("bias", sizes) : null)];
    }

    public override IEnumerable<Example> Examples()
    {
        int[] shape = [2, 5, .. new[] { 7, 3, 2 }.Take(axes)];
        Node Over(bool affine) => new(Name, "norm", Forms[0], new(0), new() { ["num_features"] = 5, ["eps"] = 1e-5, ["affine"] = affine });
        yield return Example.Of("affine", Over(true), shape);
        yield return Example.Of("plain", Over(false), shape);
    }
}

internal sealed class InstanceNorm1d() : InstanceNorm(1);

internal sealed class InstanceNorm2d() : InstanceNorm(2);

internal sealed class InstanceNorm3d() : InstanceNorm(3);

/// <summary>x by its length along an axis: x / max(sqrt(sum of squares), eps), and 0 where that is 0.</summary>
internal sealed class Normalize() : CompositeOperator("Normalize", (0.7, 45))
{
    public override Seq<Form> Forms => new(new Form(FormKind.Functional, "normalize"));

    public override Seq<string> Structural => new("p", "dim", "eps");

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Real("p", 2) != 2 || node.Integer("dim", 1) == 0)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "arguments", node.Attributes.ToString(), "p: 2 and an axis other than the batch");
        }
    }

    public override int[] Expand(Expansion call)
    {
        var x = call.Inputs[0];
        var length = call.Add("sum", "Sum", new(call.Add("squares", "Mul", new(x, x))), new() { ["dim"] = new long[] { call.Node.Integer("dim", 1) }, ["keepdim"] = true });
        return [call.Result("Mul", new(x, call.Add("factor", "InverseLength", new(length), new() { ["eps"] = call.Node.Real("eps", 1e-12) })))];
    }

    public override IEnumerable<Example> Examples()
    {
        Node Along(long axis) => new(Name, "normalize", Forms[0], new(0), new() { ["p"] = 2.0, ["dim"] = axis });
        yield return Example.Of("channels", Along(1), [2, 5, 3, 7]);
        yield return Example.Of("tokens", Along(-1), [2, 4, 33]);
        yield return Example.Of("vectors", Along(1), [3, 17]);
    }
}
