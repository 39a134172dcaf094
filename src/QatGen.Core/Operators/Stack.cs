using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>Tensors of one shape along an axis of their own; each is rescaled to the common output scale.</summary>
internal sealed class Stack() : Operator("Stack")
{
    public override Seq<Form> Forms => new(new Form(FormKind.Torch, "stack"));

    public override bool OwnsScale => true;

    public override Seq<string> Structural => new("dim");

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Integer("dim", 0) == 0)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "dim", "0", "an axis other than the batch");
        }
    }

    public override Seq<ConstantRole> Constants(Node node) => new(ConstantRole.Rescale(node));

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants)
    {
        var axis = (int)node.Integer("dim", 0);
        return p.Concat([.. inputs.Select(x => p.Move(x, new Movement.Unsqueeze(axis)))], constants[0], axis);
    }

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs)
    {
        var (x, axis) = (inputs[0], (int)node.Integer("dim", 0));
        if (x.Batch == Placed.NoBatch || inputs.Any(i => i.Batch != x.Batch) || (axis < 0 ? axis + x.Rank + 1 : axis) is not { } place)
        {
            return null;
        }

        // The axis is one of the result, in front of the batch also where it takes its place.
        return place <= x.Batch ? new(node with { Attributes = new() { ["dim"] = place + 1 } }, x.Batch + 1) : new(node with { Attributes = new() { ["dim"] = place } }, x.Batch);
    }

    public override string FloatCall(Node node, string module, string[] inputs) => $"torch.stack(new[] {{ {string.Join(", ", inputs)} }}, {node.Integer("dim", 0)})";

    public override IEnumerable<Example> Examples()
    {
        static Node Stack(int dim) => new("Stack", "stack", new(FormKind.Torch, "stack"), new(0), new() { ["dim"] = dim });
        yield return Example.Of("vectors", Stack(-1), [3, 5], [3, 5]);
        yield return Example.Of("channels", Stack(1), [2, 5, 3], [2, 5, 3], [2, 5, 3]);
        yield return Example.Of("maps", Stack(2), [2, 5, 3, 4], [2, 5, 3, 4]);
        yield return Example.Of("behind maps", Stack(-1), [1, 5, 1, 4], [1, 5, 1, 4]);
    }
}
