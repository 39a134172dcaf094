using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>Joins tensors along an axis; each is rescaled to the common output scale.</summary>
internal sealed class Cat() : Operator("Cat")
{
    public override Seq<Form> Forms => new(new(FormKind.Torch, "cat"), new(FormKind.Torch, "concat"));

    public override bool OwnsScale => true;

    public override Seq<string> Structural => new("dim");

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Integer("dim", 0) <= 0)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "dim", node.Integer("dim", 0).ToString(System.Globalization.CultureInfo.InvariantCulture), "an axis counted from the front, not the batch");
        }
    }

    public override Seq<ConstantRole> Constants(Node node) => new(ConstantRole.Rescale(node));

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.Concat(inputs, constants[0], (int)node.Integer("dim", 1));

    public override string FloatCall(Node node, string module, string[] inputs) => $"torch.{node.Form.Name}(new[] {{ {string.Join(", ", inputs)} }}, {node.Integer("dim", 0)})";

    public override IEnumerable<Example> Examples()
    {
        static Node Cat(int dim) => new("Cat", "cat", new(FormKind.Torch, "cat"), new(0), new() { ["dim"] = dim });
        yield return Example.Of("channels", Cat(1), [2, 5, 3, 4], [2, 3, 3, 4], [2, 1, 3, 4]);
        yield return Example.Of("rows", Cat(2), [1, 4, 3, 5], [1, 4, 2, 5]);
        yield return Example.Of("columns", Cat(3), [1, 4, 3, 5], [1, 4, 3, 2]);
        yield return Example.Of("vectors", Cat(1), [3, 5], [3, 4]);
    }
}
