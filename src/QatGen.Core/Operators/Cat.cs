using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>Joins tensors along an axis; each is rescaled to the common output scale.</summary>
internal sealed class Cat() : Operator("Cat")
{
    public override Seq<Form> Forms => new([.. new[] { "cat", "concat", "concatenate", "hstack", "vstack", "dstack" }.Select(static n => new Form(FormKind.Torch, n))]);

    public override bool OwnsScale => true;

    public override Seq<string> Structural => new("dim", "axis");

    public override IEnumerable<Violation> Check(Node node)
    {
        if (Axis(node) == 0)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "dim", "0", "an axis other than the batch");
        }
    }

    public override Seq<ConstantRole> Constants(Node node) => new(ConstantRole.Rescale(node));

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.Concat(inputs, constants[0], Axis(node));

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs) =>
        inputs.All(i => i.Batch == inputs[0].Batch) && inputs[0] is { Batch: not Placed.NoBatch } x && x.Axis(Axis(node)) is { } axis && (axis != 0 || x.Batch == 0)
            ? new(x.Batch == 0 ? node : node with { Form = Forms[0], Attributes = new() { ["dim"] = axis } }, x.Batch) : null;

    /// <summary>The axis that the function is named after, or the argument.</summary>
    private static int Axis(Node node) => node.Form.Name switch
    {
        "hstack" => 1,
        "vstack" => 0,
        "dstack" => 2,
        _ => (int)node.Integer("dim", node.Integer("axis", 0)),
    };

    public override string FloatCall(Node node, string module, string[] inputs) =>
        $"torch.{node.Form.Name}(new[] {{ {string.Join(", ", inputs)} }}{(node.Form.Name.EndsWith("stack", StringComparison.Ordinal) ? "" : $", {Axis(node)}")})";

    public override IEnumerable<Example> Examples()
    {
        static Node Cat(int dim, string form = "cat") => new("Cat", "cat", new(FormKind.Torch, form), new(0), new() { ["dim"] = dim });
        yield return Example.Of("channels", Cat(1), [2, 5, 3, 4], [2, 3, 3, 4], [2, 1, 3, 4]);
        yield return Example.Of("rows", Cat(2), [1, 4, 3, 5], [1, 4, 2, 5]);
        yield return Example.Of("columns", Cat(3), [1, 4, 3, 5], [1, 4, 3, 2]);
        yield return Example.Of("vectors", Cat(1), [3, 5], [3, 4]);
        yield return Example.Of("from the end", Cat(-1), [2, 5, 7], [2, 5, 1]);
        yield return Example.Of("channels from the end", Cat(-3), [2, 5, 3, 4], [2, 3, 3, 4]);
        yield return Example.Of("5-D", Cat(-2), [1, 3, 2, 1, 4], [1, 3, 2, 3, 4]);
        yield return Example.Of("parameter", Cat(1), [2, 9, 21]).With([1, 1, 21]);
        yield return Example.Of("parameters of channels", Cat(1), [2, 5, 3, 4]).With([1, 3, 3, 4]).With([1, 17, 3, 4]);
        yield return Example.Of("parameter inside", Cat(-2), [2, 3, 2, 1, 4]).With([1, 3, 2, 3, 4]);
        yield return Example.Of("hstack", Cat(1, "hstack"), [2, 5, 7], [2, 3, 7]);
    }
}
