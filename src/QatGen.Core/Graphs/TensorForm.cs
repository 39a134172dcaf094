using System.Globalization;

namespace QatGen.Graphs;

/// <summary>
/// How <c>forward</c> returns its outputs or a parameter of it holds inputs: one tensor, or tensors in a tuple or a collection, nested as in the source. A tensor is its position among the graph's outputs or inputs.
/// </summary>
public abstract record TensorForm
{
    public static TensorForm Single { get; } = new Tensor(0);

    /// <summary>The result as a C# expression; <paramref name="output"/> names the outputs.</summary>
    public abstract string ToCode(Func<int, string> output);

    /// <summary>The tensors of a C# expression of this form, in order, as accesses to it.</summary>
    public abstract IEnumerable<string> Access(string value);

    public sealed record Tensor(int Index) : TensorForm
    {
        public override string ToCode(Func<int, string> output) => output(Index);

        public override IEnumerable<string> Access(string value) => [value];
    }

    public sealed record Tuple(Seq<TensorForm> Items) : TensorForm
    {
        public override string ToCode(Func<int, string> output) => "(" + string.Join(", ", Items.Select(i => i.ToCode(output))) + ")";

        public override IEnumerable<string> Access(string value) => Items.SelectMany((item, i) => item.Access($"{value}.Item{(i + 1).ToString(CultureInfo.InvariantCulture)}"));
    }

    /// <summary>An array, list or any other type that a collection expression makes.</summary>
    public sealed record Collection(Seq<TensorForm> Items) : TensorForm
    {
        public override string ToCode(Func<int, string> output) => "[" + string.Join(", ", Items.Select(i => i.ToCode(output))) + "]";

        public override IEnumerable<string> Access(string value) => Items.SelectMany((item, i) => item.Access($"{value}[{i.ToString(CultureInfo.InvariantCulture)}]"));
    }
}
