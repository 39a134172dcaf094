using System.Globalization;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QatGen.Graphs;

namespace QatGen.Generators.Capture;

/// <summary>Computes what capture has written down of sizes, such as <c>(%0.shape[2] / 2)</c>, as C# does: sizes are of type long.</summary>
internal static class SizeExpression
{
    private const string Tensor = "tensor";

    /// <summary>A long, int, float or double; null where anything but known sizes, numbers and functions of Math decides it.</summary>
    public static object? Evaluate(string code, Func<int, Seq<int>?> shape)
    {
        // What a tensor is called does not matter, as long as it is an identifier.
        var parsed = SyntaxFactory.ParseExpression(InputReference.Replace(code, static number => Tensor + number.ToString(CultureInfo.InvariantCulture)));
        return parsed.ContainsDiagnostics ? null : Value(parsed, shape);
    }

    private static object? Value(ExpressionSyntax expression, Func<int, Seq<int>?> shape) => expression switch
    {
        ParenthesizedExpressionSyntax inner => Value(inner.Expression, shape),
        LiteralExpressionSyntax { Token.Value: int or long or float or double } literal => literal.Token.Value,
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.UnaryMinusExpression } negative => Value(negative.Operand, shape) switch
        {
            int n => -n,
            long n => -n,
            float n => -n,
            double n => -n,
            _ => null,
        },
        CastExpressionSyntax cast => Cast(cast.Type.ToString(), Value(cast.Expression, shape)),
        BinaryExpressionSyntax binary => Operate(binary.OperatorToken.Text, Value(binary.Left, shape), Value(binary.Right, shape)),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: TorchNames.Rank, Expression: IdentifierNameSyntax tensor }, ArgumentList.Arguments: [] } =>
            NumberOf(tensor) is { } number && shape(number) is { } sizes ? (long)sizes.Count : null,
        InvocationExpressionSyntax call => Call(call.Expression.ToString(), [.. call.ArgumentList.Arguments.Select(a => Value(a.Expression, shape))]),
        ElementAccessExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: TorchNames.Shape, Expression: IdentifierNameSyntax tensor }, ArgumentList.Arguments: [{ Expression: var axis }] } =>
            NumberOf(tensor) is { } number && shape(number) is { } sizes ? Size(axis, sizes) : null,
        _ => null,
    };

    private static int? NumberOf(IdentifierNameSyntax tensor) =>
        tensor.Identifier.Text is var name && name.StartsWith(Tensor, StringComparison.Ordinal) && int.TryParse(name.Substring(Tensor.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A size that is not known, as that of the batch, is -1.</summary>
    private static object? Size(ExpressionSyntax axis, Seq<int> sizes)
    {
        var position = axis switch
        {
            LiteralExpressionSyntax { Token.Value: int fromStart } => fromStart,
            PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.IndexExpression, Operand: LiteralExpressionSyntax { Token.Value: int fromEnd } } => sizes.Count - fromEnd,
            _ => -1,
        };
        return position >= 0 && position < sizes.Count && sizes[position] >= 0 ? (long)sizes[position] : null;
    }

    private static object? Cast(string type, object? value)
    {
        var number = value is null ? 0 : Convert.ToDouble(value, CultureInfo.InvariantCulture);
        return (type, value) switch
        {
            (_, null) => null,
            ("double", _) => number,
            ("float", _) => (float)number,
            ("long", int or long) => Convert.ToInt64(value, CultureInfo.InvariantCulture),
            ("int", int or long) => unchecked((int)Convert.ToInt64(value, CultureInfo.InvariantCulture)),
            ("long", _) => (long)number,
            ("int", _) => (int)number,
            _ => null,
        };
    }

    private static object? Operate(string symbol, object? left, object? right)
    {
        if (left is null || right is null)
        {
            return null;
        }

        if (left is double or float || right is double or float)
        {
            var (x, y) = (Convert.ToDouble(left, CultureInfo.InvariantCulture), Convert.ToDouble(right, CultureInfo.InvariantCulture));
            double? real = symbol switch { "+" => x + y, "-" => x - y, "*" => x * y, "/" => x / y, "%" => x % y, _ => null };
            return left is double || right is double || real is null ? real : (float)real;
        }

        var (a, b) = (Convert.ToInt64(left, CultureInfo.InvariantCulture), Convert.ToInt64(right, CultureInfo.InvariantCulture));
        long? whole = symbol switch
        {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            "/" when b != 0 => a / b,
            "%" when b != 0 => a % b,
            _ => null,
        };
        return whole is { } result && left is int && right is int && result is >= int.MinValue and <= int.MaxValue ? (int)result : whole;
    }

    private static object? Call(string function, object?[] arguments)
    {
        var name = function.Substring(function.LastIndexOf('.') + 1);
        var isMath = function.Substring(0, Math.Max(0, function.LastIndexOf('.'))) is "Math" or "System.Math" or "global::System.Math";
        var isWhole = arguments.All(static a => a is int or long);
        return !isMath || arguments.Any(static a => a is null) ? null : (name, arguments.Select(static a => Convert.ToDouble(a, CultureInfo.InvariantCulture)).ToArray()) switch
        {
            ("Max" or "Min", [_, _]) when isWhole => Whole(name, Convert.ToInt64(arguments[0], CultureInfo.InvariantCulture), Convert.ToInt64(arguments[1], CultureInfo.InvariantCulture)),
            ("Max", [var x, var y]) => Math.Max(x, y),
            ("Min", [var x, var y]) => Math.Min(x, y),
            ("Sqrt", [var x]) => Math.Sqrt(x),
            ("Pow", [var x, var y]) => Math.Pow(x, y),
            ("Floor", [var x]) => Math.Floor(x),
            ("Ceiling", [var x]) => Math.Ceiling(x),
            ("Round", [var x]) => Math.Round(x),
            _ => null,
        };

        static object Whole(string name, long x, long y) => name == "Max" ? Math.Max(x, y) : Math.Min(x, y);
    }
}
