using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>1 where the comparison holds, else 0, as qint8 of scale 1. It is exact on the real values that the integers stand for.</summary>
internal abstract class ComparisonOperator(string name, string symbol, ElementwiseKind kind, params string[] functions) : BinaryOperator(name)
{
    public override Seq<Form> Forms => new([
        new(FormKind.Symbol, symbol), .. functions.SelectMany(static f => new Form[] { new(FormKind.Torch, f), new(FormKind.Method, f) })]);

    public override Seq<string> Structural => new("right", "left", "target");

    public override bool GivesBool => true;

    public override Seq<ConstantRole> Constants(Node node) => Number(node) is { } number ? new(ConstantRole.Sign(number), ConstantRole.Compare()) : new(ConstantRole.Compare());

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants)
    {
        if (constants.Length == 1)
        {
            return p.Elementwise(kind, inputs, constants[0]);
        }

        var number = p.Constant(constants[0]);
        return p.Elementwise(kind, NumberIsLeft(node) ? [number, inputs[0]] : [inputs[0], number], constants[1]);
    }

    protected override string Symbol(Node node) => kind switch
    {
        ElementwiseKind.Equal => "==",
        ElementwiseKind.NotEqual => "!=",
        ElementwiseKind.Less => "<",
        ElementwiseKind.LessOrEqual => "<=",
        ElementwiseKind.Greater => ">",
        _ => ">=",
    };

    public override IEnumerable<Example> Examples()
    {
        var node = new Node(Name, "node", Forms[0], new(0, 1), new());
        yield return Example.Of("number", node with { Attributes = new() { ["right"] = 0.25 } }, [2, 5, 3, 7]);
        yield return Example.Of("zero on the left", node with { Attributes = new() { ["left"] = 0 } }, [2, 17]);
        foreach (var example in BroadcastExamples(node))
        {
            yield return example;
        }
    }
}

/// <summary>x == y.</summary>
internal sealed class Eq() : ComparisonOperator("Eq", "op_Equality", ElementwiseKind.Equal, "eq");

/// <summary>x != y.</summary>
internal sealed class Ne() : ComparisonOperator("Ne", "op_Inequality", ElementwiseKind.NotEqual, "ne", "not_equal");

/// <summary>x &lt; y.</summary>
internal sealed class Lt() : ComparisonOperator("Lt", "op_LessThan", ElementwiseKind.Less, "lt", "less");

/// <summary>x &lt;= y.</summary>
internal sealed class Le() : ComparisonOperator("Le", "op_LessThanOrEqual", ElementwiseKind.LessOrEqual, "le", "less_equal");

/// <summary>x > y.</summary>
internal sealed class Gt() : ComparisonOperator("Gt", "op_GreaterThan", ElementwiseKind.Greater, "gt", "greater");

/// <summary>x >= y.</summary>
internal sealed class Ge() : ComparisonOperator("Ge", "op_GreaterThanOrEqual", ElementwiseKind.GreaterOrEqual, "ge", "greater_equal");
