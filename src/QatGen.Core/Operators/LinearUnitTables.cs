using QatGen.Arithmetic;
using QatGen.Graphs;

namespace QatGen.Operators;

/// <summary>scale x above 0, scale alpha (e^(input_scale x) - 1) below.</summary>
internal sealed class ELU() : TableOperator("ELU", Written("ELU", ["elu"], Method("elu")))
{
    public override Seq<string> Structural => new("alpha", "scale", "input_scale");

    protected override AttributeMap Arguments => new() { ["alpha"] = 0.5 };

    protected override TableFunction Function(Node node)
    {
        var (alpha, scale, input) = (node.Real("alpha", 1), node.Real("scale", 1), node.Real("input_scale", 1));
        return new($"elu(alpha: {Text(alpha)})", x => scale * (x > 0 ? x : alpha * SpecialFunctions.Expm1(input * x)));
    }
}

/// <summary>max(x, 0) + min(alpha (e^(x / alpha) - 1), 0).</summary>
internal sealed class CELU() : TableOperator("CELU", Written("CELU", ["celu"], Method("celu")))
{
    public override Seq<string> Structural => new("alpha");

    protected override AttributeMap Arguments => new() { ["alpha"] = 2 };

    protected override TableFunction Function(Node node)
    {
        var alpha = node.Real("alpha", 1);
        return new($"celu(alpha: {Text(alpha)})", x => Math.Max(x, 0) + Math.Min(alpha * SpecialFunctions.Expm1(x / alpha), 0));
    }
}

/// <summary>ELU with the constants that keep mean 0 and variance 1 (Klambauer et al.).</summary>
internal sealed class SELU() : PlainTable("SELU", Written("SELU", ["selu"], Method("selu")), static x => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * SpecialFunctions.Expm1(x)));

/// <summary>x above 0, negative_slope x below.</summary>
internal sealed class LeakyReLU() : TableOperator("LeakyReLU", Written("LeakyReLU", ["leaky_relu"], Method("leaky_relu")))
{
    public override Seq<string> Structural => new("negative_slope");

    protected override AttributeMap Arguments => new() { ["negative_slope"] = 0.2 };

    protected override TableFunction Function(Node node)
    {
        var slope = node.Real("negative_slope", 0.01);
        return new($"leaky_relu(negative_slope: {Text(slope)})", x => x > 0 ? x : slope * x);
    }
}

/// <summary>A LeakyReLU whose slope is random while training in float; here it is the mean of the slopes.</summary>
internal sealed class RReLU() : TableOperator("RReLU", Written("RReLU", ["rrelu"], Method("rrelu")))
{
    public override Seq<string> Structural => new("lower", "upper");

    protected override TableFunction Function(Node node)
    {
        var slope = (node.Real("lower", 1 / 8.0) + node.Real("upper", 1 / 3.0)) / 2;
        return new($"leaky_relu(negative_slope: {Text(slope)})", x => x > 0 ? x : slope * x);
    }
}

/// <summary>x moved toward 0 by lambda, 0 where it would cross.</summary>
internal sealed class Softshrink() : TableOperator("Softshrink", Written("Softshrink", ["softshrink", "Softshrink"]), 30)
{
    public override Seq<string> Structural => new("lambda");

    protected override TableFunction Function(Node node)
    {
        var lambda = node.Real("lambda", 0.5);
        return new($"softshrink(lambda: {Text(lambda)})", x => Math.Max(x - lambda, 0) + Math.Min(x + lambda, 0));
    }
}
