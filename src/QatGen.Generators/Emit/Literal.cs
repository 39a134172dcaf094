using System.Globalization;
using Microsoft.CodeAnalysis.CSharp;
using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Generators.Emit;

/// <summary>Values as C# source.</summary>
internal static class Literal
{
    public static string Text(string value) => SymbolDisplay.FormatLiteral(value, quote: true);

    public static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Number(double value) => new Value.Real(value).ToCode(static _ => "");

    public static string Flag(bool value) => value ? "true" : "false";

    public static string List(IEnumerable<int> values) => "[" + string.Join(", ", values.Select(Number)) + "]";

    public static string Of(ConvGeometry g) => New(
        ("StrideH", g.StrideH, 1), ("StrideW", g.StrideW, 1), ("PadTop", g.PadTop, 0), ("PadLeft", g.PadLeft, 0), ("PadBottom", g.PadBottom, 0), ("PadRight", g.PadRight, 0),
        ("DilationH", g.DilationH, 1), ("DilationW", g.DilationW, 1), ("Groups", g.Groups, 1), ("Rank", g.Rank, 4));

    public static string Of(PoolGeometry g)
    {
        if (g.IsGlobal && g.Rank == 4)
        {
            return "PoolGeometry.Global";
        }

        var window = New(
            ("KernelH", g.KernelH, -1), ("KernelW", g.KernelW, -1), ("StrideH", g.StrideH, 1), ("StrideW", g.StrideW, 1), ("PadH", g.PadH, 0), ("PadW", g.PadW, 0),
            ("DilationH", g.DilationH, 1), ("DilationW", g.DilationW, 1), ("AdaptiveH", g.AdaptiveH, 0), ("AdaptiveW", g.AdaptiveW, 0), ("Rank", g.Rank, 4));
        return g.CeilMode ? window.Substring(0, window.Length - 1) + ", CeilMode: true)" : window;
    }

    public static string Of(AverageCount c) => (c.IncludePad, c.DivisorOverride) switch
    {
        (true, 0) => "new()",
        (var include, 0) => $"new(IncludePad: {Flag(include)})",
        var (include, divisor) => $"new({Flag(include)}, {Number(divisor)})",
    };

    public static string Of(GridMode m) => $"new(IsNearest: {Flag(m.IsNearest)}, RepeatsBorder: {Flag(m.RepeatsBorder)}, AlignCorners: {Flag(m.AlignCorners)})";

    public static string Of(ResizeGeometry g) =>
        $"new(new({string.Join(", ", g.Sizes.Select(Number))}), new({string.Join(", ", g.Factors.Select(Number))}), AlignCorners: {Flag(g.AlignCorners)}, Recompute: {Flag(g.Recompute)})";

    public static string Of(Reduction reduction) => $"new(ReduceKind.{reduction.Kind}, new({string.Join(", ", reduction.Axes.Select(Number))}))";

    public static string Of(Ranking r) => $"new({Number(r.Axis)}, {Number(r.Count)}, IsSmallest: {Flag(r.IsSmallest)})";

    public static string Of(Gathering g) => $"new({Number(g.Axis)}, Repeats: {Flag(g.Repeats)})";

    public static string Of(Movement movement) => $"new Movement.{movement.GetType().Name}({string.Join(", ", movement.Arguments.Select(Argument))})";

    private static string Argument(Value value) => value switch
    {
        Value.Items list => $"new({string.Join(", ", list.Elements.Select(Of))})",
        Value.Integer { Number: int.MaxValue } => "int.MaxValue",
        _ => Of(value),
    };

    /// <summary>An argument as an expression that converts to <see cref="Value"/>.</summary>
    public static string Of(Value value) => value switch
    {
        Value.Integer i => i.Number.ToString(CultureInfo.InvariantCulture),
        Value.Real r => Number(r.Number),
        Value.Logical l => Flag(l.Flag),
        Value.Text t => $"new Value.Text({Text(t.Content)})",
        Value.Member m => $"new Value.Member({Text(m.FullName)})",
        Value.Operand o => $"new Value.Operand({Number(o.Input)})",
        Value.InputSize s => $"new Value.InputSize({Number(s.Axis)})",
        Value.Items { Elements: var e } when e.All(static v => v is Value.Integer) => $"new long[] {{ {string.Join(", ", e.Select(Of))} }}",
        Value.Items i => $"new Value.Items(new({string.Join(", ", i.Elements.Select(Of))}))",
        _ => throw new InvalidOperationException(value.GetType().Name),
    };

    /// <summary>What differs from the defaults, named.</summary>
    public static string Of(Part p)
    {
        var parts = new List<string>();
        void Add(bool differs, string name, string value) => parts.AddRange(differs ? [$"{name}: {value}"] : []);
        Add(p.Type is not null, nameof(p.Type), $"DType.{p.Type}");
        Add(p.Scale != 0, nameof(p.Scale), Number(p.Scale));
        Add(p.Weight.Length > 0, nameof(p.Weight), Text(p.Weight));
        Add(p.Bias.Length > 0, nameof(p.Bias), Text(p.Bias));
        Add(p.FirstRow != 0, nameof(p.FirstRow), Number(p.FirstRow));
        Add(p.Rows != 0, nameof(p.Rows), Number(p.Rows));
        Add(p.Shape.Count > 0, nameof(p.Shape), $"new({string.Join(", ", p.Shape.Select(Number))})");
        Add(p.ResultOf.Length > 0, nameof(p.ResultOf), Text(p.ResultOf));
        Add(p.IsFixed, nameof(p.IsFixed), Flag(p.IsFixed));
        return $"new Part({string.Join(", ", parts)})";
    }

    private static string New(params (string Name, int Value, int Default)[] arguments) =>
        "new(" + string.Join(", ", arguments.Where(static a => a.Value != a.Default).Select(static a => $"{a.Name}: {Number(a.Value)}")) + ")";
}
