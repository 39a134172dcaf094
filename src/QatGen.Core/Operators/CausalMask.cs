using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>[rows, columns] of 1 where the column's token comes after the row's, else 0: what tokens hide that see only those before them.</summary>
internal sealed class CausalMask() : Operator("CausalMask")
{
    public override Seq<Form> Forms => Seq<Form>.Empty;

    public override Seq<string> Structural => new("rows", "columns");

    public override Seq<ConstantRole> Constants(Node node)
    {
        var (rows, columns) = ((int)node.Integer("rows", 1), (int)node.Integer("columns", 1));
        var later = Enumerable.Range(0, rows).SelectMany(row => Enumerable.Range(0, columns).Select(column => column > row ? 1 : 0));
        return new(ConstantRole.Integers(later, 1) with { Shape = new(rows, columns), DType = DType.QInt8 });
    }

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.Constant(constants[0]);

    public override IEnumerable<Example> Examples()
    {
        Node Mask(int rows, int columns) => new(Name, "causal", new(FormKind.Module, Name), Seq<int>.Empty, new() { ["rows"] = rows, ["columns"] = columns });
        var fill = new Node("MaskedFill", "fill", new(FormKind.Method, "masked_fill"), new(0, 1), new() { ["value"] = 0.0 });
        yield return Example.Of("tokens", fill, [2, 5, 7]) with { Made = new(Mask(5, 7)) };
        yield return Example.Of("heads", fill, [2, 3, 9, 4]) with { Made = new(Mask(9, 4)) };
    }
}
