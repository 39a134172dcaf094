using System.Globalization;

namespace QatGen.Graphs;

/// <summary>An argument of an operator call, known at compile time. Null arguments are not stored.</summary>
public abstract record Value
{
    public static implicit operator Value(long value) => new Integer(value);

    public static implicit operator Value(int value) => new Integer(value);

    public static implicit operator Value(double value) => new Real(value);

    public static implicit operator Value(bool value) => new Logical(value);

    /// <summary>A tuple or array of integers, such as a kernel size.</summary>
    public static implicit operator Value(long[] values) => new Items(values.Select(static v => (Value)v).ToSeq());

    /// <summary>The value as a C# expression; <paramref name="input"/> is the operator's first tensor.</summary>
    public abstract string ToCode(string input);

    public sealed record Integer(long Number) : Value
    {
        public override string ToCode(string input) => Number.ToString(CultureInfo.InvariantCulture);
    }

    public sealed record Real(double Number) : Value
    {
        public override string ToCode(string input) => Number.ToString("R", CultureInfo.InvariantCulture) + "d";
    }

    public sealed record Logical(bool Flag) : Value
    {
        public override string ToCode(string input) => Flag ? "true" : "false";
    }

    /// <summary>An enum member, fully qualified: <c>TorchSharp.PaddingModes.Zeros</c>.</summary>
    public sealed record Member(string FullName) : Value
    {
        public string Name => FullName.Substring(FullName.LastIndexOf('.') + 1);

        public override string ToCode(string input) => "global::" + FullName;
    }

    public sealed record Items(Seq<Value> Elements) : Value
    {
        public override string ToCode(string input) => "new long[] { " + string.Join(", ", Elements.Select(e => e.ToCode(input))) + " }";
    }

    /// <summary>A size of the operator's first tensor; the batch dimension of any tensor is that of every other.</summary>
    public sealed record InputSize(int Axis) : Value
    {
        public override string ToCode(string input) => $"{input}.shape[{Axis.ToString(CultureInfo.InvariantCulture)}]";
    }

    /// <summary>A value that a constructor argument decides and nobody gave, as the expression in the source.</summary>
    public sealed record Symbol(string Expression) : Value
    {
        /// <summary>How it is computed from the constructor's parameters; null where that is not known.</summary>
        public Formula? Formula { get; init; }

        public override string ToCode(string input) => Expression;
    }
}
