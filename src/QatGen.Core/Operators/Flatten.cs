using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>Merges the dimensions from start_dim to end_dim.</summary>
internal sealed class Flatten() : Operator("Flatten")
{
    public override Seq<Form> Forms => new(new(FormKind.Module, "Flatten"), new(FormKind.Torch, "flatten"), new(FormKind.Method, "flatten"));

    public override bool IsView => true;

    public override bool OnlyMoves => true;

    public override Seq<string> Structural => new("start_dim", "end_dim");

    public override IEnumerable<Violation> Check(Node node)
    {
        if (Start(node) == 0 || End(node) == 0)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "dimensions", node.Attributes.ToString(), "a start after the batch dimension");
        }
    }

    /// <summary>To the last dimension it is a reshape, which needs no shape of its input.</summary>
    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => (Start(node), End(node)) switch
    {
        ( > 0 and var start, -1) => p.Reshape(inputs[0], [.. Enumerable.Repeat(0, start), -1]),
        var (start, end) => p.Move(inputs[0], new Movement.Merge(start, end)),
    };

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs)
    {
        var x = inputs[0];
        if (x.Batch == 0 || x.Axis(Start(node)) is not { } start || x.Axis(End(node)) is not { } end || x.Counted(Start(node)) is not { } first || x.Counted(End(node)) is not { } last || (x.Batch >= first && x.Batch <= last))
        {
            return null;
        }

        var merged = node with { Form = Forms[1], Attributes = new() { ["start_dim"] = start, ["end_dim"] = end } };
        return new(merged, x.Batch > last ? x.Batch - (last - first) : x.Batch);
    }

    private static int Start(Node node) => (int)node.Integer("start_dim", node.Form.Kind == FormKind.Module ? 1 : 0);

    private static int End(Node node) => (int)node.Integer("end_dim", -1);

    public override IEnumerable<Example> Examples()
    {
        static Node Flatten(int start, int end = -1) => new("Flatten", "flatten", new(FormKind.Torch, "flatten"), new(0), new() { ["start_dim"] = start, ["end_dim"] = end });
        yield return Example.Of("map", Flatten(1), [2, 3, 4, 5]);
        yield return Example.Of("rows", Flatten(2), [2, 3, 4, 5]);
        yield return Example.Of("from the end", Flatten(-2), [2, 5, 1, 4]);
        yield return Example.Of("in front", Flatten(1, 2), [2, 3, 4, 5]);
        yield return Example.Of("5-D", Flatten(2, -2), [1, 3, 2, 4, 5]);
    }
}
