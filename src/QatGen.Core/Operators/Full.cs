using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>
/// A tensor of one number, made in forward: a constant of the program, which has all sizes but that of the batch and repeats over it. All functions that make one are captured as torch.full with their sizes. As the first
/// states of a recurrent layer zeros are no tensor at all.
/// </summary>
public sealed class Full() : Operator("Full")
{
    /// <summary>What the number's scale is below its magnitude, so that it is an integer exactly.</summary>
    private const int Step = 64;

    public override Seq<Form> Forms => new(new Form(FormKind.Torch, "full"), new(FormKind.Torch, "zeros"), new(FormKind.Torch, "ones"),
        new(FormKind.Torch, "full_like"), new(FormKind.Torch, "zeros_like"), new(FormKind.Torch, "ones_like"),
        new(FormKind.Method, "full_like"), new(FormKind.Method, "zeros_like"), new(FormKind.Method, "ones_like"),
        new(FormKind.Method, "new_full"), new(FormKind.Method, "new_zeros"), new(FormKind.Method, "new_ones"));

    public override Seq<string> Structural => new("size", "value");

    public override Seq<string> TakesSizes => new("size");

    public static bool IsZero(Node node) => node.Operator == "Full" && node.Real("value", 1) == 0;

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Real("value", double.NaN) is double.NaN or double.PositiveInfinity or double.NegativeInfinity)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "value", node.Attributes.ToString(), "a finite number");
        }

        if (SizesOf(node).Count(static s => s is Value.InputSize) > 1)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "size", node.Attributes.ToString(), "the batch once");
        }
    }

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs)
    {
        var batch = SizesOf(node).ToList().FindIndex(static s => s is Value.InputSize);
        return batch < 0 ? null : new(node with { Attributes = new(node.Attributes.Where(static a => a.Key != "size").Append(new("size", new Value.Items(SizesOf(node).Where(static s => s is not Value.InputSize).Prepend(new Value.InputSize(0)).ToSeq())))) }, batch);
    }

    public override Seq<ConstantRole> Constants(Node node)
    {
        var sizes = SizesOf(node).Select(static s => s is Value.Integer size ? (int)size.Number : 1).ToSeq();
        var value = node.Real("value", 0);
        return new(ConstantRole.Integers(sizes, value == 0 ? 0 : Math.Sign(value) * Step, value == 0 ? 1.0 / Step : Math.Abs(value) / Step));
    }

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.Constant(constants[0]);

    public override string FloatCall(Node node, string module, string[] inputs) =>
        $"torch.full(new long[] {{ {string.Join(", ", SizesOf(node).Select(s => s.ToCode(i => inputs[i])))} }}, {node.Attributes["value"]!.ToCode(i => inputs[i])}, torch.float32)";

    private static Seq<Value> SizesOf(Node node) => node.Attributes["size"] is Value.Items items ? items.Elements : Seq<Value>.Empty;

    public override IEnumerable<Example> Examples()
    {
        static Node Tensor(double value, params int[] size) =>
            new("Full", "full", new(FormKind.Torch, "full"), Seq<int>.Empty, new() { ["size"] = new Value.Items(size.Select(static d => (Value)d).ToSeq()), ["value"] = value });
        var add = new Node("Add", "add", new(FormKind.Symbol, "op_Addition"), new(0, 1), new());
        yield return Example.Of("ones", add, [3, 17]) with { Made = new(Tensor(1, 17)) };
        yield return Example.Of("negative map", add, [2, 3, 5, 7]) with { Made = new(Tensor(-0.3, 3, 5, 7)) };
        yield return Example.Of("zeros", add, [2, 5, 4]) with { Made = new(Tensor(0, 1, 4)) };
    }
}
