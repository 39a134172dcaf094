using QatGen.Graphs;
using QatGen.Passes;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>einsum of two tensors as a product of matrices: all begin with the batch, letters of both that the result does not have are summed. A parameter on the right has no batch.</summary>
internal sealed class Einsum() : MatrixProduct("Einsum")
{
    public override Seq<Form> Forms => new(new Form(FormKind.Torch, "einsum"));

    public override Seq<string> Structural => new("equation");

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Inputs.Count != 2 || Equation.Parse(node) is null)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "equation", node.Attributes.ToString(), "two tensors, the batch first, and in the result every letter that only one of them has: \"nij,njk->nik\"");
        }
    }

    /// <summary>Several rows, columns or summed axes become one around the product of matrices, and none an axis of one element.</summary>
    public override bool IsComposite(Node node) => Equation.Parse(node) is { IsMatrix: false };

    public override (double Int8, double Int16) CompositeSteps => (1, 1);

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants)
    {
        var e = Equation.Parse(node)!;
        var (x, y) = (Permuted(inputs[0], e.Left, e.Batch + e.Row + e.Inner), Permuted(inputs[1], e.Right, e.Batch + e.Inner + e.Column));
        return Permuted(p.Rescale([p.MatMul(x, y)], constants[0]), e.Batch + e.Row + e.Column, e.Result);

        T Permuted(T tensor, string from, string to) => from == to ? tensor : p.Move(tensor, new Movement.Permute(Order(from, to)));
    }

    public override int[] Expand(Expansion call)
    {
        var e = Equation.Parse(call.Node)!;
        var sizes = call.Inputs.Zip([e.Left, e.Right], (value, letters) => letters.Zip(call.Shape(value), static (l, size) => (l, size))).SelectMany(static p => p).GroupBy(static p => p.l).ToDictionary(static g => g.Key, static g => g.First().size);
        var (left, right) = (Matrices("left", call.Inputs[0], e.Left, e.Row, e.Inner), Matrices("right", call.Inputs[1], e.Right, e.Inner, e.Column));
        var product = call.Configured("product", "MatMul", new(left, right));
        var parts = e.Row + e.Column;
        if (e.Batch + parts == e.Result)
        {
            return [call.Result("View", new(product), Sizes(e.Batch + parts))];
        }

        return [call.Result("Permute", new(call.Configured("parts", "View", new(product), Sizes(e.Batch + parts))), new() { ["permutation"] = Order(e.Batch + parts, e.Result).Select(static a => (long)a).ToArray() })];

        // A parameter is as it is.
        int Matrices(string name, int x, string letters, string rows, string columns)
        {
            var whole = e.Batch + rows + columns;
            if (call.Fact(x).IsConstant)
            {
                return letters == rows + columns && letters.Length == 2 ? x
                    : throw QatGenException.Of(CaptureRules.Argument, call.Node.Path, Name, "equation", call.Node.Attributes.ToString(), "a parameter that is a matrix, the summed letter first");
            }

            var ordered = letters == whole ? x : call.Configured(name + "_order", "Permute", new(x), new() { ["permutation"] = Order(letters, whole).Select(static a => (long)a).ToArray() });
            return rows.Length == 1 && columns.Length == 1 ? ordered : call.Configured(name, "View", new(ordered), Sizes(e.Batch, Product(rows), Product(columns)));
        }

        int Product(string letters) => letters.Aggregate(1, (n, letter) => n * sizes[letter]);
        AttributeMap Sizes(string letters, params int[] behind) =>
            new() { ["shape"] = new Value.Items(new([new Value.InputSize(0), .. letters.Skip(1).Select(letter => (Value)sizes[letter]), .. behind.Select(static size => (Value)size)])) };
    }

    private static Seq<int> Order(string from, string to) => to.Select(letter => from.IndexOf(letter)).ToSeq();

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
        yield return Example.Of("a row for each place", Of("bqc,bchw->bqhw"), [2, 5, 7], [2, 7, 3, 4]);
        yield return Example.Of("inner products", Of("bij,bij->bi"), [2, 5, 7], [2, 5, 7]);
        yield return Example.Of("outer products", Of("bi,bj->bij"), [2, 5], [2, 7]);
        yield return Example.Of("two axes are summed", Of("bqxy,bcxy->bcq"), [1, 3, 4, 5], [1, 6, 4, 5]);
        yield return Example.Of("parameter", Of("nctv,vw->nctw"), [2, 3, 4, 5]).With([5, 6]);
        yield return Example.Of("heads last", Of("bihd,bjhd->bhij"), [1, 5, 2, 7], [1, 3, 2, 7]);
    }

    /// <summary>The letters of each operand and of the result, and what they are for.</summary>
    private sealed record Equation(string Left, string Right, string Result, string Batch, string Row, string Inner, string Column)
    {
        /// <summary>Whether it is a product of matrices as it is.</summary>
        public bool IsMatrix => (Row.Length, Inner.Length, Column.Length) == (1, 1, 1) && Right.StartsWith(Batch.Substring(0, 1), StringComparison.Ordinal);

        public static Equation? Parse(Node node)
        {
            var sides = (node.Attributes["equation"] as Value.Text)?.Content.Replace(" ", "").Split(["->"], StringSplitOptions.None) ?? [];
            if (sides.Length != 2 || sides[0].Split(',') is not [var left, var right] || new[] { left, right, sides[1] }.Any(static s => s.Length < 2 || s.Distinct().Count() < s.Length || !s.All(char.IsLetter)))
            {
                return null;
            }

            string Letters(Func<char, bool> of) => new([.. (left + right).Distinct().Where(of)]);
            bool In(string side, char letter) => side.IndexOf(letter) >= 0;

            // A parameter on the right has no batch: there that is one of the rows.
            var first = In(right, left[0]) ? "" : left.Substring(0, 1);
            var result = new Equation(left, right, sides[1],
                first + Letters(l => In(left, l) && In(right, l) && In(sides[1], l)), Letters(l => In(left, l) && !In(right, l) && In(sides[1], l) && !In(first, l)),
                Letters(l => In(left, l) && In(right, l) && !In(sides[1], l)), Letters(l => !In(left, l) && In(right, l) && In(sides[1], l)));
            var isWhole = (left + right + sides[1]).All(l => In(result.Batch + result.Row + result.Inner + result.Column, l));
            return isWhole && result.Batch.Length > 0 && left[0] == result.Batch[0] && sides[1][0] == result.Batch[0] && (first.Length > 0 ? result.Batch.Length == 1 : right[0] == left[0]) ? result : null;
        }
    }
}
