using QatGen.Graphs;
using QatGen.Passes;

namespace QatGen.Operators;

/// <summary>One half of an axis times the sigmoid of the other.</summary>
internal sealed class GLU() : CompositeOperator("GLU", (1.1, 2))
{
    public override Seq<Form> Forms => new(new(FormKind.Module, "GLU"), new(FormKind.Functional, "glu"), new(FormKind.Method, "glu"));

    public override Seq<string> Structural => new("dim");

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Integer("dim", -1) == 0)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "dim", "0", "an axis other than the batch");
        }
    }

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs) =>
        inputs[0] is { Batch: > 0 } x && x.Axis((int)node.Integer("dim", -1)) is > 0 and var axis ? new(node with { Attributes = new() { ["dim"] = axis } }, x.Batch) : null;

    public override int[] Expand(Expansion call)
    {
        var (x, axis) = (call.Fact(call.Inputs[0]), (int)call.Node.Integer("dim", -1));
        if (x.IsKnown && (axis < 0 ? axis + x.Rank : axis) is >= 0 and var halved && halved < x.Rank && x.Shape[halved] % 2 == 1)
        {
            throw QatGenException.Of(ShapeRules.LayerInput, call.Node.Path, x.ToString(), $"axis {halved.ToString(System.Globalization.CultureInfo.InvariantCulture)} has no two halves");
        }

        int Half(string name, int item) => call.Configured(name, "Chunk", call.Inputs, new() { ["chunks"] = 2, ["dim"] = call.Node.Integer("dim", -1), [Item] = item });
        var gate = call.Configured("sigmoid", "Sigmoid", new(Half("gate", 1)));
        return [call.Result("Mul", new(Half("value", 0), gate))];
    }

    public override IEnumerable<Example> Examples()
    {
        Node Over(int axis) => new(Name, "glu", Forms[0], new(0), new() { ["dim"] = axis });
        yield return Example.Of("channels", Over(1), [2, 34, 5, 4]);
        yield return Example.Of("columns", Over(-1), [2, 3, 5, 14]);
        yield return Example.Of("vectors", Over(1), [3, 22]);
    }
}
