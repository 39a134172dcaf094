namespace QatGen.Graphs;

/// <summary>How <c>forward</c> returns its outputs: one tensor, or tensors in a tuple or a collection, nested as in the source. A tensor is its position among the graph's outputs.</summary>
public abstract record OutputForm
{
    public static OutputForm Single { get; } = new Tensor(0);

    /// <summary>The result as a C# expression; <paramref name="output"/> names the outputs.</summary>
    public abstract string ToCode(Func<int, string> output);

    public sealed record Tensor(int Index) : OutputForm
    {
        public override string ToCode(Func<int, string> output) => output(Index);
    }

    public sealed record Tuple(Seq<OutputForm> Items) : OutputForm
    {
        public override string ToCode(Func<int, string> output) => "(" + string.Join(", ", Items.Select(i => i.ToCode(output))) + ")";
    }

    /// <summary>An array, list or any other type that a collection expression makes.</summary>
    public sealed record Collection(Seq<OutputForm> Items) : OutputForm
    {
        public override string ToCode(Func<int, string> output) => "[" + string.Join(", ", Items.Select(i => i.ToCode(output))) + "]";
    }
}
