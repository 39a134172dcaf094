namespace QatGen.Graphs;

/// <summary>How a symbolic value is computed from constructor parameters, so that a block of another project can be given the caller's arguments.</summary>
public abstract record Formula
{
    /// <summary>Whether it is a flag and so can decide structure.</summary>
    public bool IsFlag => this switch
    {
        Parameter { Type: nameof(Boolean) } or Operator { Symbol: "!" or "&&" or "||" or "==" or "!=" or "<" or "<=" or ">" or ">=" } => true,
        Operator { Symbol: "&" or "|" or "^", Operands: var operands } => operands.All(static o => o.IsFlag),
        Operator { Symbol: "?:", Operands: [_, var yes, var no] } => yes.IsFlag && no.IsFlag,
        _ => false,
    };

    /// <summary>A parameter of the constructor by its name and the name of its type.</summary>
    public sealed record Parameter(string Name, string Type) : Formula;

    /// <summary>A number or flag; a float is a <see cref="Cast"/> of the real number.</summary>
    public sealed record Literal(Value Value) : Formula;

    /// <summary>A C# operator by its symbol: <c>-</c> and <c>!</c> with one operand, <c>?:</c> with three, any other with two.</summary>
    public sealed record Operator(string Symbol, Seq<Formula> Operands) : Formula;

    /// <summary>A conversion to a number type by its C# keyword.</summary>
    public sealed record Cast(string Type, Formula Operand) : Formula;

    /// <summary>A function of <c>System.Math</c> or <c>System.MathF</c>, whose result is of a number type.</summary>
    public sealed record Call(string Class, string Method, string Type, Seq<Formula> Arguments) : Formula;
}
