using QatGen.Arithmetic;
using QatGen.Graphs;

namespace QatGen.Operators;

internal sealed class Erf() : PlainTable("Erf", Of("erf"), SpecialFunctions.Erf);

internal sealed class Erfc() : PlainTable("Erfc", Of("erfc"), SpecialFunctions.Erfc);

internal sealed class Exp() : PlainTable("Exp", Of("exp"), Math.Exp);

internal sealed class Exp2() : PlainTable("Exp2", Of("exp2"), static x => Math.Pow(2, x));

internal sealed class Expm1() : PlainTable("Expm1", Of("expm1"), SpecialFunctions.Expm1);

/// <summary>Above 0; saturated at and below it.</summary>
internal sealed class Log() : PlainTable("Log", Of("log"), Math.Log, low: 0);

/// <summary>Above 0; saturated at and below it.</summary>
internal sealed class Log2() : PlainTable("Log2", Of("log2"), static x => Math.Log(x) / Math.Log(2), low: 0);

/// <summary>Above 0; saturated at and below it.</summary>
internal sealed class Log10() : PlainTable("Log10", Of("log10"), Math.Log10, low: 0);

/// <summary>Above -1; saturated at and below it.</summary>
internal sealed class Log1p() : PlainTable("Log1p", Of("log1p"), SpecialFunctions.Log1p, low: -1);

/// <summary>1 / x; saturated above at 0.</summary>
internal sealed class Reciprocal() : PlainTable("Reciprocal", Of("reciprocal"), static x => 1 / x, 450);

/// <summary>Above 0; saturated at and below it.</summary>
internal sealed class Rsqrt() : PlainTable("Rsqrt", Of("rsqrt"), static x => 1 / Math.Sqrt(x), low: 0);

/// <summary>From 0 on; 0 below.</summary>
internal sealed class Sqrt() : PlainTable("Sqrt", Of("sqrt"), Math.Sqrt, low: 0);

/// <summary>x to a constant power. Where that is no integer, from 0 on, and below as at 0; where it is negative, saturated above at 0.</summary>
internal sealed class Pow() : TableOperator("Pow", Elementwise("pow"))
{
    public override Seq<string> Structural => new("exponent");

    protected override AttributeMap Arguments => new() { ["exponent"] = 3 };

    protected override TableFunction Function(Node node)
    {
        var exponent = node.Real("exponent", 1);
        return new($"pow(exponent: {Text(exponent)})", x => Math.Pow(x, exponent), exponent == Math.Floor(exponent) ? double.NegativeInfinity : 0);
    }
}
