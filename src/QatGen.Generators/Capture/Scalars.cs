using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace QatGen.Generators.Capture;

/// <summary>C#'s arithmetic on constants and on scalars that are not known yet.</summary>
internal static class Scalars
{
    public static Scalar Not(Scalar x)
    {
        var isNegated = x.Expression.StartsWith("!(", StringComparison.Ordinal) && Closes(x.Expression);
        return x with { Expression = isNegated ? x.Expression.Substring(2, x.Expression.Length - 3) : $"!({x.Expression})" };
    }

    public static Scalar And(Scalar a, Scalar b) => new($"({a.Expression} && {b.Expression})", Max(a, b), Origin(a, b));

    public static Scalar Select(Scalar condition, Datum a, Datum b) => new($"({condition.Expression} ? {a.Spelled} : {b.Spelled})", Max(condition, a, b), Origin(condition, a, b));

    /// <summary>A scalar that combines others: as late as the latest of them.</summary>
    public static Scalar Of(string expression, params Datum[] parts) => new(expression, Max(parts), Origin(parts));

    /// <summary>A binary operator on two constants of the operator's own operand type, or on scalars; null when it is not supported.</summary>
    /// <exception cref="ArithmeticException">Division by zero, or an overflow in checked code.</exception>
    public static Datum? Binary(BinaryOperatorKind kind, Datum left, Datum right, bool isChecked) => (left, right) switch
    {
        (Constant a, Constant b) => Fold(kind, a.Value, b.Value, isChecked) is { } value ? new Constant(value) : null,
        (Constant or Scalar or Dimension, Constant or Scalar or Dimension) => Symbolic(kind, left, right),
        _ => null,
    };

    public static Datum? Unary(UnaryOperatorKind kind, Datum operand) => (kind, operand) switch
    {
        (UnaryOperatorKind.Not, Constant { Value: bool b }) => new Constant(!b),
        (UnaryOperatorKind.Not, Scalar s) => Not(s),
        (UnaryOperatorKind.Plus, Constant or Scalar) => operand,
        (UnaryOperatorKind.Minus, Constant { Value: int i }) => new Constant(unchecked(-i)),
        (UnaryOperatorKind.Minus, Constant { Value: long l }) => new Constant(unchecked(-l)),
        (UnaryOperatorKind.Minus, Constant { Value: double d }) => new Constant(-d),
        (UnaryOperatorKind.Minus, Constant { Value: float f }) => new Constant(-f),
        (UnaryOperatorKind.Minus, Scalar or Dimension) => Of($"-({operand.Spelled})", operand),
        (UnaryOperatorKind.Hat, Constant { Value: int i }) => new FromEnd(i),
        _ => null,
    };

    /// <summary>A constant converted to a type as an explicit cast does; values that are not numbers stay.</summary>
    public static object? Cast(object? value, ITypeSymbol? type, bool isChecked = false)
    {
        var target = Unwrap(type);
        target = target is INamedTypeSymbol { EnumUnderlyingType: { } underlying } ? underlying : target;
        if (value is null or string or bool || target is null)
        {
            return value;
        }

        if (value is char c)
        {
            value = target.SpecialType == SpecialType.System_Char ? value : (int)c;
        }

        return target.SpecialType switch
        {
            SpecialType.System_Int32 => isChecked ? checked((int)Integer(value)) : unchecked((int)Integer(value)),
            SpecialType.System_Int64 => Integer(value),
            SpecialType.System_Int16 => isChecked ? checked((short)Integer(value)) : unchecked((short)Integer(value)),
            SpecialType.System_Byte => isChecked ? checked((byte)Integer(value)) : unchecked((byte)Integer(value)),
            SpecialType.System_SByte => isChecked ? checked((sbyte)Integer(value)) : unchecked((sbyte)Integer(value)),
            SpecialType.System_UInt16 => isChecked ? checked((ushort)Integer(value)) : unchecked((ushort)Integer(value)),
            SpecialType.System_UInt32 => isChecked ? checked((uint)Integer(value)) : unchecked((uint)Integer(value)),
            SpecialType.System_UInt64 => isChecked ? checked((ulong)Integer(value)) : unchecked((ulong)Integer(value)),
            SpecialType.System_Decimal => Convert.ToDecimal(value, CultureInfo.InvariantCulture),
            SpecialType.System_Char when value is not char => unchecked((char)Integer(value)),
            SpecialType.System_Double => Convert.ToDouble(value, CultureInfo.InvariantCulture),
            SpecialType.System_Single => Convert.ToSingle(value, CultureInfo.InvariantCulture),
            _ => value,
        };
    }

    /// <summary>The type behind a nullable value type.</summary>
    public static ITypeSymbol? Unwrap(ITypeSymbol? type) => type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : type;

    public static string Symbol(BinaryOperatorKind kind) => kind switch
    {
        BinaryOperatorKind.Add => "+",
        BinaryOperatorKind.Subtract => "-",
        BinaryOperatorKind.Multiply => "*",
        BinaryOperatorKind.Divide => "/",
        BinaryOperatorKind.Remainder => "%",
        BinaryOperatorKind.LeftShift => "<<",
        BinaryOperatorKind.RightShift => ">>",
        BinaryOperatorKind.And => "&",
        BinaryOperatorKind.Or => "|",
        BinaryOperatorKind.ExclusiveOr => "^",
        BinaryOperatorKind.ConditionalAnd => "&&",
        BinaryOperatorKind.ConditionalOr => "||",
        BinaryOperatorKind.Equals => "==",
        BinaryOperatorKind.NotEquals => "!=",
        BinaryOperatorKind.LessThan => "<",
        BinaryOperatorKind.LessThanOrEqual => "<=",
        BinaryOperatorKind.GreaterThan => ">",
        BinaryOperatorKind.GreaterThanOrEqual => ">=",
        _ => kind.ToString(),
    };

    /// <summary>What a flag decides alone: false &amp;&amp; x, true || x.</summary>
    private static Datum? Symbolic(BinaryOperatorKind kind, Datum left, Datum right)
    {
        foreach (var (known, other) in new[] { (left, right), (right, left) })
        {
            if (known is Constant { Value: bool flag } && kind is BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr)
            {
                return flag == (kind == BinaryOperatorKind.ConditionalOr) ? known : other;
            }
        }

        return Of($"({left.Spelled} {Symbol(kind)} {right.Spelled})", left, right);
    }

    private static object? Fold(BinaryOperatorKind kind, object? left, object? right, bool isChecked) => (kind, left, right) switch
    {
        (BinaryOperatorKind.Equals, _, _) when left is null || right is null => left is null && right is null,
        (BinaryOperatorKind.NotEquals, _, _) when left is null || right is null => left is not null || right is not null,
        (BinaryOperatorKind.LeftShift, int a, int b) => a << b,
        (BinaryOperatorKind.RightShift, int a, int b) => a >> b,
        (BinaryOperatorKind.LeftShift, long a, int b) => a << b,
        (BinaryOperatorKind.RightShift, long a, int b) => a >> b,
        (_, bool a, bool b) => Flags(kind, a, b),
        (BinaryOperatorKind.Add, string or null, string or null) => string.Concat(left, right),
        (BinaryOperatorKind.Add, string, not null) or (BinaryOperatorKind.Add, not null, string) => HasText(left) && HasText(right) ? Text(left) + Text(right) : null,
        (BinaryOperatorKind.Equals, char a, char b) => a == b,
        (BinaryOperatorKind.Equals, string a, string b) => a == b,
        (BinaryOperatorKind.NotEquals, string a, string b) => a != b,
        (_, int a, int b) => Integers(kind, a, b, isChecked) is long n ? isChecked ? checked((int)n) : unchecked((int)n) : Compare(kind, a, b),
        (_, long a, long b) => Integers(kind, a, b, isChecked) ?? Compare(kind, a, b),
        (_, float a, float b) => Reals(kind, a, b) is double x ? (float)x : Compare(kind, (double)a, b),
        (_, double a, double b) => Reals(kind, a, b) ?? Compare(kind, a, b),
        _ => null,
    };

    /// <summary>Whether a constant reads the same in every culture and runtime.</summary>
    public static bool HasText(object? value) => value is null or string or int or long or bool or char;

    public static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static object? Flags(BinaryOperatorKind kind, bool a, bool b) => kind switch
    {
        BinaryOperatorKind.And or BinaryOperatorKind.ConditionalAnd => a & b,
        BinaryOperatorKind.Or or BinaryOperatorKind.ConditionalOr => a | b,
        BinaryOperatorKind.ExclusiveOr or BinaryOperatorKind.NotEquals => a ^ b,
        BinaryOperatorKind.Equals => a == b,
        _ => null,
    };

    private static long? Integers(BinaryOperatorKind kind, long a, long b, bool isChecked) => kind switch
    {
        BinaryOperatorKind.Add => isChecked ? checked(a + b) : unchecked(a + b),
        BinaryOperatorKind.Subtract => isChecked ? checked(a - b) : unchecked(a - b),
        BinaryOperatorKind.Multiply => isChecked ? checked(a * b) : unchecked(a * b),
        BinaryOperatorKind.Divide => a / b,
        BinaryOperatorKind.Remainder => a % b,
        BinaryOperatorKind.And => a & b,
        BinaryOperatorKind.Or => a | b,
        BinaryOperatorKind.ExclusiveOr => a ^ b,
        _ => null,
    };

    private static double? Reals(BinaryOperatorKind kind, double a, double b) => kind switch
    {
        BinaryOperatorKind.Add => a + b,
        BinaryOperatorKind.Subtract => a - b,
        BinaryOperatorKind.Multiply => a * b,
        BinaryOperatorKind.Divide => a / b,
        BinaryOperatorKind.Remainder => a % b,
        _ => null,
    };

    private static object? Compare<T>(BinaryOperatorKind kind, T a, T b)
        where T : IComparable<T>, IEquatable<T>
    {
        // NaN compares false with everything, itself included.
        var unordered = a is double.NaN || b is double.NaN;
        return kind switch
        {
            BinaryOperatorKind.Equals => !unordered && a.Equals(b),
            BinaryOperatorKind.NotEquals => unordered || !a.Equals(b),
            BinaryOperatorKind.LessThan => !unordered && a.CompareTo(b) < 0,
            BinaryOperatorKind.LessThanOrEqual => !unordered && a.CompareTo(b) <= 0,
            BinaryOperatorKind.GreaterThan => !unordered && a.CompareTo(b) > 0,
            BinaryOperatorKind.GreaterThanOrEqual => !unordered && a.CompareTo(b) >= 0,
            _ => null,
        };
    }

    private static long Integer(object value) =>
        value is double or float ? unchecked((long)Convert.ToDouble(value, CultureInfo.InvariantCulture)) : Convert.ToInt64(value, CultureInfo.InvariantCulture);

    private static Level LevelOf(Datum value) => value switch { Scalar s => s.Level, Dimension or SizesOf => Level.Shape, TensorRef => Level.Data, _ => Level.Hyper };

    private static Level Max(params Datum[] parts) => parts.Select(LevelOf).DefaultIfEmpty(Level.Hyper).Max();

    private static int Origin(params Datum[] parts) => parts.Aggregate(0, static (h, p) => p is Scalar { Origin: not 0 } s ? unchecked((h * 31) + s.Origin) : h);

    /// <summary>Whether the parenthesis that "!(" opens closes at the end.</summary>
    private static bool Closes(string text)
    {
        var depth = 0;
        for (var i = 1; i < text.Length; i++)
        {
            depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            if (depth == 0)
            {
                return i == text.Length - 1;
            }
        }

        return false;
    }
}
