using QatGen.Arithmetic;
using QatGen.Graphs;

namespace QatGen.Operators;

internal sealed class Sigmoid() : PlainTable("Sigmoid", Written("Sigmoid", ["sigmoid"], [.. Of("sigmoid")]), Logistic)
{
    public static double Logistic(double x) => 1 / (1 + Math.Exp(-x));
}

internal sealed class Tanh() : PlainTable("Tanh", Written("Tanh", ["tanh"], [.. Of("tanh")]), Math.Tanh);

/// <summary>x sigmoid(x).</summary>
internal sealed class SiLU() : PlainTable("SiLU", Written("SiLU", ["silu", "SiLU"], Method("silu")), static x => x * Sigmoid.Logistic(x));

/// <summary>x tanh(softplus(x)).</summary>
internal sealed class Mish() : PlainTable("Mish", Written("Mish", ["mish", "Mish"]), static x => x * Math.Tanh(Softplus.Plain(x)));

/// <summary>x / (1 + |x|).</summary>
internal sealed class Softsign() : PlainTable("Softsign", Written("Softsign", ["softsign", "Softsign"]), static x => x / (1 + Math.Abs(x)), 4);

/// <summary>ln(sigmoid(x)).</summary>
internal sealed class LogSigmoid() : PlainTable("LogSigmoid", Written("LogSigmoid", ["logsigmoid"], Method("log_sigmoid")), static x => -Softplus.Plain(-x));

/// <summary>x - tanh(x).</summary>
internal sealed class Tanhshrink() : PlainTable("Tanhshrink", Written("Tanhshrink", ["tanhshrink", "Tanhshrink"]), static x => x - Math.Tanh(x));

/// <summary>x min(max(x + 3, 0), 6) / 6.</summary>
internal sealed class Hardswish() : PlainTable("Hardswish", Written("Hardswish", ["hardswish"], Method("hardswish")), static x => x * Hardsigmoid.Ramp(x));

/// <summary>min(max(x + 3, 0), 6) / 6.</summary>
internal sealed class Hardsigmoid() : PlainTable("Hardsigmoid", Written("Hardsigmoid", ["hardsigmoid"], Method("hardsigmoid")), Ramp)
{
    public static double Ramp(double x) => Math.Min(Math.Max(x + 3, 0), 6) / 6;
}

/// <summary>x Phi(x), or its approximation by tanh.</summary>
internal sealed class GELU() : TableOperator("GELU", Written("GELU", ["gelu"], Method("gelu")))
{
    public override Seq<string> Structural => new("approximate");

    protected override TableFunction Function(Node node) => node.Attributes["approximate"] is Value.Member { Name: "tanh" }
        ? new("gelu(approximate: tanh)", static x => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))))
        : new("gelu", static x => 0.5 * x * SpecialFunctions.Erfc(-x / Math.Sqrt(2)));
}

/// <summary>ln(1 + e^(beta x)) / beta, and x itself where beta x is above a threshold.</summary>
internal sealed class Softplus() : TableOperator("Softplus", Written("Softplus", ["softplus"], Method("softplus")))
{
    public override Seq<string> Structural => new("beta", "threshold");

    public static double Plain(double x) => Math.Max(x, 0) + SpecialFunctions.Log1p(Math.Exp(-Math.Abs(x)));

    protected override AttributeMap Arguments => new() { ["beta"] = 2 };

    protected override TableFunction Function(Node node)
    {
        var (beta, threshold) = (node.Real("beta", 1), node.Real("threshold", 20));
        return new($"softplus(beta: {Text(beta)})", x => x * beta > threshold ? x : Plain(beta * x) / beta);
    }
}
