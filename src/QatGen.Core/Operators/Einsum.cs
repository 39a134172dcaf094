using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>einsum of two tensors where it is a product of matrices: both and the result begin with the batch, one letter is summed, and each side has one of its own.</summary>
internal sealed class Einsum() : MatrixProduct("Einsum")
{
    public override Seq<Form> Forms => new(new Form(FormKind.Torch, "einsum"));

    public override Seq<string> Structural => new("equation");

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Inputs.Count != 2 || Equation.Parse(node) is null)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "equation", node.Attributes.ToString(), "two tensors whose matrices are multiplied, the batch first: \"nij,njk->nik\", also in another order of the axes behind the batch");
        }
    }

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants)
    {
        var e = Equation.Parse(node)!;
        var (x, y) = (Permuted(inputs[0], e.Left, e.Batch + e.Row + e.Inner), Permuted(inputs[1], e.Right, e.Batch + e.Inner + e.Column));
        return Permuted(p.Rescale([p.MatMul(x, y)], constants[0]), e.Batch + e.Row + e.Column, e.Result);

        T Permuted(T tensor, string from, string to) => from == to ? tensor : p.Move(tensor, new Movement.Permute(to.Select(letter => from.IndexOf(letter)).ToSeq()));
    }

    /// <summary>The letter at which each operand has its batch comes first.</summary>
    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs)
    {
        if (inputs.Any(static i => i.Batch == Placed.NoBatch) || (node.Attributes["equation"] as Value.Text)?.Content.Replace(" ", "").Split([",", "->"], StringSplitOptions.None) is not [var left, var right, var result]
            || inputs.Count != 2 || inputs[0].Batch >= left.Length || inputs[1].Batch >= right.Length || left[inputs[0].Batch] is var batch && (right[inputs[1].Batch] != batch || result.IndexOf(batch) < 0))
        {
            return null;
        }

        string First(string letters) => batch + letters.Replace(batch.ToString(), "");
        return new(node with { Attributes = new() { ["equation"] = new Value.Text($"{First(left)},{First(right)}->{First(result)}") } }, result.IndexOf(batch));
    }

    public override string FloatCall(Node node, string module, string[] inputs) => $"torch.einsum({node.Attributes["equation"]!.ToCode(i => inputs[i])}, {string.Join(", ", inputs)})";

    public override IEnumerable<Example> Examples()
    {
        Node Of(string equation) => new("Einsum", "product", Forms[0], new(0, 1), new() { ["equation"] = new Value.Text(equation) });
        yield return Example.Of("matrices", Of("nij,njk->nik"), [2, 5, 7], [2, 7, 3]);
        yield return Example.Of("queries and keys", Of("bhid, bhjd -> bhij"), [2, 3, 5, 8], [2, 3, 4, 8]);
        yield return Example.Of("heads last", Of("bihd,bjhd->bhij"), [1, 5, 2, 7], [1, 3, 2, 7]);
    }

    /// <summary>The letters of each operand and of the result, and what they are for.</summary>
    private sealed record Equation(string Left, string Right, string Result, string Batch, string Row, string Inner, string Column)
    {
        public static Equation? Parse(Node node)
        {
            var sides = (node.Attributes["equation"] as Value.Text)?.Content.Replace(" ", "").Split(["->"], StringSplitOptions.None) ?? [];
            if (sides.Length != 2 || sides[0].Split(',') is not [var left, var right] || new[] { left, right, sides[1] }.Any(static s => s.Length < 3 || s.Distinct().Count() < s.Length || !s.All(char.IsLetter)))
            {
                return null;
            }

            string Letters(Func<char, bool> of) => new([.. (left + right).Distinct().Where(of)]);
            bool In(string side, char letter) => side.IndexOf(letter) >= 0;
            var result = new Equation(left, right, sides[1],
                Letters(l => In(left, l) && In(right, l) && In(sides[1], l)), Letters(l => In(left, l) && !In(right, l) && In(sides[1], l)),
                Letters(l => In(left, l) && In(right, l) && !In(sides[1], l)), Letters(l => !In(left, l) && In(right, l) && In(sides[1], l)));
            var isMatrix = result.Batch.Length > 0 && (result.Row.Length, result.Inner.Length, result.Column.Length) == (1, 1, 1)
                && (left.Length, right.Length, sides[1].Length) == (result.Batch.Length + 2, result.Batch.Length + 2, result.Batch.Length + 2);
            return isMatrix && left[0] == result.Batch[0] && right[0] == result.Batch[0] && sides[1][0] == result.Batch[0] ? result : null;
        }
    }
}
