using System.Globalization;

namespace QatGen.Graphs;

/// <summary>
/// An argument of an operator call, known at compile time. The catalogue's operators read the kinds up to <see cref="Symbol"/>, and null arguments are not stored; a call that no operator claims
/// holds all its written arguments, the tensors among them, in any kind.
/// </summary>
public abstract record Value
{
    public static implicit operator Value(long value) => new Integer(value);

    public static implicit operator Value(int value) => new Integer(value);

    public static implicit operator Value(double value) => new Real(value);

    public static implicit operator Value(bool value) => new Logical(value);

    /// <summary>A tuple or array of integers, such as a kernel size.</summary>
    public static implicit operator Value(long[] values) => new Items(values.Select(static v => (Value)v).ToSeq());

    /// <summary>The value with others in place of those among it and inside it for which <paramref name="other"/> gives one.</summary>
    public Value Replace(Func<Value, Value?> other)
    {
        return other(this) ?? this switch
        {
            Items items => new Items(All(items.Elements)),
            Typed typed => typed with { Inner = typed.Inner.Replace(other) },
            Range range => new Range(range.Start.Replace(other), range.End.Replace(other)),
            Tuple tuple => new Tuple(All(tuple.Elements)),
            Collection list => list with { Elements = All(list.Elements) },
            Call call => call with { Arguments = call.Arguments.Replace(other) },
            _ => this,
        };

        Seq<Value> All(Seq<Value> values) => values.Select(v => v.Replace(other)).ToSeq();
    }

    /// <summary>The value as a C# expression; <paramref name="input"/> names the node's inputs by number.</summary>
    public abstract string ToCode(Func<int, string> input);

    public sealed record Integer(long Number) : Value
    {
        public override string ToCode(Func<int, string> input) => Number.ToString(CultureInfo.InvariantCulture);
    }

    public sealed record Real(double Number) : Value
    {
        public override string ToCode(Func<int, string> input) => Number switch
        {
            double.PositiveInfinity => "double.PositiveInfinity",
            double.NegativeInfinity => "double.NegativeInfinity",
            double.NaN => "double.NaN",
            _ => Number.ToString("R", CultureInfo.InvariantCulture) + "d",
        };
    }

    public sealed record Logical(bool Flag) : Value
    {
        public override string ToCode(Func<int, string> input) => Flag ? "true" : "false";
    }

    /// <summary>An enum member, fully qualified: <c>TorchSharp.PaddingModes.Zeros</c>.</summary>
    public sealed record Member(string FullName) : Value
    {
        public string Name => FullName.Substring(FullName.LastIndexOf('.') + 1);

        public override string ToCode(Func<int, string> input) => "global::" + FullName;
    }

    public sealed record Items(Seq<Value> Elements) : Value
    {
        public override string ToCode(Func<int, string> input) => $"new {(Elements.Any(static e => e is Real) ? "double" : "long")}[] {{ {Join(Elements, input)} }}";
    }

    /// <summary>A size of one of the node's inputs, by default the first; the batch dimension of any tensor is that of every other.</summary>
    public sealed record InputSize(int Axis, int Input = 0) : Value
    {
        public override string ToCode(Func<int, string> input) => $"{input(Input)}.shape[{Axis.ToString(CultureInfo.InvariantCulture)}]";
    }

    /// <summary>A value that a constructor argument decides and nobody gave, as the expression in the source.</summary>
    public sealed record Symbol(string Expression) : Value
    {
        /// <summary>How it is computed from the constructor's parameters; null where that is not known.</summary>
        public Formula? Formula { get; init; }

        public override string ToCode(Func<int, string> input) => Expression;
    }

    /// <summary>A tensor: one of the node's inputs.</summary>
    public sealed record Operand(int Input) : Value
    {
        public override string ToCode(Func<int, string> input) => input(Input);
    }

    /// <summary>C# over the sizes of the node's inputs, such as <c>(%0.shape[2] / 2)</c>, where %0, %1 ... stand for the inputs.</summary>
    public sealed record Computed(string Code) : Value
    {
        public override string ToCode(Func<int, string> input) => InputReference.Replace(Code, input);
    }

    /// <summary>What is computed from sizes, as it was written, and the number that it is for the shapes that [InputShape] gives.</summary>
    public sealed record Measured(Value Written, Value Number) : Value
    {
        public override string ToCode(Func<int, string> input) => Written.ToCode(input);
    }

    public sealed record Null : Value
    {
        public override string ToCode(Func<int, string> input) => "null";
    }

    public sealed record Text(string Content) : Value
    {
        public override string ToCode(Func<int, string> input) =>
            "\"" + string.Concat(Content.Select(static c => c is '"' or '\\' ? "\\" + c : char.IsControl(c) ? "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture) : c.ToString())) + "\"";
    }

    /// <summary>A value as another type than its own literal has: <c>(long)2</c>.</summary>
    public sealed record Typed(string Type, Value Inner) : Value
    {
        public override string ToCode(Func<int, string> input) => $"({Type})({Inner.ToCode(input)})";
    }

    public sealed record Tuple(Seq<Value> Elements) : Value
    {
        public override string ToCode(Func<int, string> input) => $"({Join(Elements, input)})";
    }

    /// <summary>An array or list of a C# type, such as <c>long[]</c>.</summary>
    public sealed record Collection(string Type, Seq<Value> Elements) : Value
    {
        public override string ToCode(Func<int, string> input) => $"new {Type} {{ {Join(Elements, input)} }}";
    }

    /// <summary>A position counted from the end: <c>^1</c>.</summary>
    public sealed record FromEnd(int Count) : Value
    {
        public override string ToCode(Func<int, string> input) => "^" + Count.ToString(CultureInfo.InvariantCulture);
    }

    public sealed record Range(Value Start, Value End) : Value
    {
        public override string ToCode(Func<int, string> input) => $"({Start.ToCode(input)}..{End.ToCode(input)})";
    }

    /// <summary>A value that a function of TorchSharp makes, such as <c>TorchSharp.torch.TensorIndex.Slice</c>, by its full name.</summary>
    public sealed record Call(string Function, AttributeMap Arguments) : Value
    {
        public override string ToCode(Func<int, string> input) => $"global::{Function}({Arguments.ToCode(input)})";
    }

    /// <summary>A module of the model by path, the model itself where that is empty, as its own class; <c>model</c> and <c>modules</c> are variables of the printed code.</summary>
    public sealed record Module(string Path, string Type) : Value
    {
        public override string ToCode(Func<int, string> input) => $"(({Type}){(Path.Length == 0 ? "model" : $"modules[{new Text(Path).ToCode(input)}]")})";
    }

    private static string Join(Seq<Value> values, Func<int, string> input) => string.Join(", ", values.Select(v => v.ToCode(input)));
}
