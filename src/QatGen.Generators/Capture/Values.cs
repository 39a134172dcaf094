using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QatGen.Graphs;

namespace QatGen.Generators.Capture;

/// <summary>When a scalar becomes known: at construction, by train() and eval(), with the input's shape, or only with its data.</summary>
internal enum Level
{
    Hyper,
    Mode,
    Shape,
    Data,
}

/// <summary>A value of the partial evaluator. What can change lies in the <see cref="Heap"/>; values only hold its keys.</summary>
internal abstract record Datum
{
    /// <summary>The value as an expression, for messages and symbolic attributes.</summary>
    public abstract string Spelled { get; }
}

/// <summary>A value known at compile time, boxed in its C# type (an enum in its underlying type); also null.</summary>
internal sealed record Constant(object? Value) : Datum
{
    /// <summary>Tells a real number from an integer of the same value.</summary>
    private string Suffix => Value switch { double => "d", float => "f", decimal => "m", _ => "" };

    public static Constant Null { get; } = new((object?)null);

    public override string Spelled => Value is null ? "null" : (SymbolDisplay.FormatPrimitive(Value, quoteStrings: true, useHexadecimalNumbers: false) ?? Value.ToString()) + Suffix;
}

/// <summary>A number, string or flag known later. Two scalars with the same <paramref name="Origin"/> and expression are the same value; calls without source get an origin of their own.</summary>
internal sealed record Scalar(string Expression, Level Level, int Origin = 0) : Datum
{
    /// <summary>The value for the sizes that [InputShape] gives; it decides conditions, and is written into no attribute.</summary>
    public object? Known { get; init; }

    /// <summary>How it is computed from the constructor's parameters; null where it is not, or not by numbers alone.</summary>
    public Formula? Formula { get; init; }

    public override string Spelled => Expression;
}

/// <summary>One size of a tensor. In expressions, %3 is the value of that number in the graph.</summary>
internal sealed record Dimension(int Tensor, int Axis) : Datum
{
    /// <summary>The size that [InputShape] gives.</summary>
    public long? Known { get; init; }

    public override string Spelled => $"%{Tensor}.shape[{Axis}]";
}

/// <summary>All sizes of a tensor: <c>x.shape</c>.</summary>
internal sealed record SizesOf(int Tensor) : Datum
{
    public override string Spelled => $"%{Tensor}.shape";
}

/// <summary>A value of the graph by its number.</summary>
internal sealed record TensorRef(int Number) : Datum
{
    public override string Spelled => "%" + Number;
}

internal sealed record TupleOf(Seq<Datum> Items) : Datum
{
    public override string Spelled => "(" + string.Join(", ", Items.Select(static i => i.Spelled)) + ")";
}

/// <summary>A list or array; its contents are in the heap.</summary>
internal sealed record ListOf(int Id) : Datum
{
    public override string Spelled => "a list";
}

/// <summary>A dictionary or set: its keys are in the heap in the order added, and each key has a slot of its own.</summary>
internal sealed record MapOf(int Id, bool IsSet) : Datum
{
    public override string Spelled => IsSet ? "a set" : "a dictionary";
}

/// <summary>A range of indices: <c>1..^1</c>.</summary>
internal sealed record RangeOf(Datum Start, Datum End) : Datum
{
    public override string Spelled => $"{Start.Spelled}..{End.Spelled}";
}

/// <summary>A lazy sequence: evaluated anew at each enumeration, item by item, as LINQ and iterators do. <paramref name="Each"/> gives its items until one is answered with false.</summary>
internal sealed record Sequence(Action<Func<Datum, bool>> Each) : Datum
{
    public override string Spelled => "a sequence";
}

/// <summary>An index counted from the end: <c>^1</c>.</summary>
internal sealed record FromEnd(int Count) : Datum
{
    public override string Spelled => "^" + Count;
}

/// <summary>An object of a class with source; its fields are in the heap.</summary>
internal sealed record Instance(int Id, INamedTypeSymbol Type) : Datum
{
    public override string Spelled => Type.Name;
}

/// <summary>A module that TorchSharp or another project implements, with the arguments it was created with; the children of a container are in the heap.</summary>
internal sealed record Layer(int Id, INamedTypeSymbol Type, Seq<Argument> Arguments, Location Created) : Datum
{
    /// <summary>What forward of another project's block computes; null for TorchSharp's modules.</summary>
    public BlockVariant? Block { get; init; }

    public override string Spelled => Type.Name;
}

/// <summary>A bound argument: parameter name and type as TorchSharp declares them.</summary>
internal sealed record Argument(string Name, ITypeSymbol Type, Datum Value, IOperation Site);

/// <summary>A lambda, local function or method group.</summary>
internal sealed record Function(IMethodSymbol Method, IOperation? Body, Frame? Captured, Datum? Receiver) : Datum
{
    public override string Spelled => Method.Name;
}

/// <summary>A value that differs by a condition on constructor arguments that nobody gives.</summary>
internal sealed record Choice(Scalar Condition, Datum WhenTrue, Datum WhenFalse) : Datum
{
    public override string Spelled => $"({Condition.Spelled} ? {WhenTrue.Spelled} : {WhenFalse.Spelled})";
}

/// <summary>Several results of a call that only the running program counts, as the call's value in the graph.</summary>
internal sealed record ManyOf(int Number, ITypeSymbol Element) : Datum
{
    /// <summary>The call as that of an operator, of which each result is a node; null where none claims it.</summary>
    public Node? Claimed { get; init; }

    public override string Spelled => "the number of tensors";
}

/// <summary>A tensor that exists before forward runs: a parameter, a buffer, or one that the constructor computes.</summary>
internal sealed record Held(string What, int Id, bool IsParameter) : Outside(What)
{
    /// <summary>Its sizes, each a constant or a scalar; null where not even their number is known.</summary>
    public Seq<Datum>? Shape { get; init; }
}

/// <summary>A value of TorchSharp's own types, such as an index or a device: a member, or a call with its arguments, by full name.</summary>
internal sealed record Printed(string FullName, Seq<Argument>? Arguments) : Outside(FullName);

/// <summary>Something that plays no part in the graph: a dispose scope, an optimizer, the result of a void call.</summary>
internal record Outside(string What) : Datum
{
    public static Outside Nothing { get; } = new("nothing");

    public static Outside Unassigned { get; } = new("an unassigned variable");

    public override string Spelled => What;
}
