using QatGen.Graphs;
using QatGen.Passes;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>Rows of a table [num_embeddings, embedding_dims], quantized with one scale, at the positions [N, ...] that an int64 input or another operator says: [N, ..., embedding_dims].</summary>
internal sealed class Embedding() : Operator("Embedding")
{
    public override Seq<Form> Forms => new(new Form(FormKind.Module, "Embedding"));

    public override Seq<string> Structural => new("num_embeddings", "embedding_dims", "max_norm");

    public override int IndexOperand => 0;

    /// <summary>The module's call; with its table as second operand it is none.</summary>
    public override bool IsComposite(Node node) => node.Inputs.Count == 1;

    public override (double Int8, double Int16) CompositeSteps => (0.51, 0.51);

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Integer("num_embeddings", 0) < 1 || node.Integer("embedding_dims", 0) < 1 || node.Attributes["max_norm"] is not null)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "arguments", node.Attributes.ToString(), "constant sizes and no max_norm");
        }
    }

    public override int[] Expand(Expansion call)
    {
        var table = call.Parameter("weight", new Part(ResultOf: Name), call.Node.Count("num_embeddings"), call.Node.Count("embedding_dims"));
        return [call.Result(Name, new(call.Inputs[0], table), call.Node.Attributes)];
    }

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants)
    {
        // A column of one row picks its row, whatever the rank.
        var column = p.Move(p.Move(inputs[0], new Movement.Unsqueeze(-1)), new Movement.Unsqueeze(-1));
        return p.Move(p.Gather(inputs[1], column, new(-2, Repeats: true)), new Movement.Squeeze(-2));
    }

    public override IEnumerable<Example> Examples()
    {
        Node Table(int count, int length) => new(Name, "table", Forms[0], new(0), new() { ["num_embeddings"] = count, ["embedding_dims"] = length });
        yield return Example.Of("tokens", Table(50, 16), [2, 9]);
        yield return Example.Of("one token", Table(7, 33), [1, 1]);
        yield return Example.Of("map", Table(19, 5), [2, 3, 4]);
        yield return Example.Of("one number", Table(11, 1), [3, 5]);
    }
}
