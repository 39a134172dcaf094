using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>Merges the dimensions from start_dim to the last one.</summary>
internal sealed class Flatten() : Operator("Flatten")
{
    public override Seq<Form> Forms => new(new(FormKind.Module, "Flatten"), new(FormKind.Torch, "flatten"), new(FormKind.Method, "flatten"));

    public override bool IsView => true;

    public override Seq<string> Structural => new("start_dim", "end_dim");

    public override IEnumerable<Violation> Check(Node node)
    {
        if (Start(node) < 1 || node.Integer("end_dim", -1) != -1)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "dimensions", node.Attributes.ToString(), "a start after the batch dimension and the last dimension as end");
        }
    }

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.Reshape(inputs[0], [.. Enumerable.Repeat(0, Start(node)), -1]);

    private static int Start(Node node) => (int)node.Integer("start_dim", node.Form.Kind == FormKind.Module ? 1 : 0);

    public override IEnumerable<Example> Examples()
    {
        static Node Flatten(int start) => new("Flatten", "flatten", new(FormKind.Torch, "flatten"), new(0), new() { ["start_dim"] = start });
        yield return Example.Of("map", Flatten(1), [2, 3, 4, 5]);
        yield return Example.Of("rows", Flatten(2), [2, 3, 4, 5]);
    }
}
