using QatGen.Graphs;
using QatGen.Marches;
using QatGen.Passes;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>
/// Whole numbers: exact int32 of scale 1 from the real value, then rescaled. The result's scale is never below 1, so that results of at most 127 (qint8) or 32767 (qint16) stay whole numbers; larger ones are rounded to steps.
/// </summary>
internal abstract class RoundingOperator(string name, ElementwiseKind kind, params string[] functions) : Operator(name)
{
    public override Seq<Form> Forms => new([.. functions.SelectMany(static f => new Form[] { new(FormKind.Torch, f), new(FormKind.Method, f) })]);

    public override bool OwnsScale => true;

    public override Seq<ConstantRole> Constants(Node node) => new(ConstantRole.InputScale(), ConstantRole.Rescale(node) with { SmallestScale = 1 });

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.Rescale([p.Elementwise(kind, inputs, constants[0])], constants[1]);

    public override IEnumerable<Example> Examples()
    {
        var node = new Node(Name, "whole", Forms[0], new(0), new());
        yield return Example.Of("map", node, [2, 5, 3, 7]);
        yield return Example.Of("vector", node, [3, 17]);
        yield return Example.Of("one pixel", node, [1, 1, 1, 1]);
        yield return Example.Of("5-D", node, [1, 3, 2, 5, 3]);
    }
}

/// <summary>The whole number below.</summary>
internal sealed class Floor() : RoundingOperator("Floor", ElementwiseKind.Floor, "floor");

/// <summary>The whole number above.</summary>
internal sealed class Ceil() : RoundingOperator("Ceil", ElementwiseKind.Ceil, "ceil");

/// <summary>The whole number toward zero.</summary>
internal sealed class Trunc() : RoundingOperator("Trunc", ElementwiseKind.Trunc, "trunc", "fix");

/// <summary>The nearest whole number; halfway the even one, as in PyTorch.</summary>
internal sealed class Round() : RoundingOperator("Round", ElementwiseKind.Round, "round")
{
    public override Seq<string> Structural => new("decimals");

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Attributes["decimals"] is not (null or Value.Integer { Number: 0 }))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "decimals", node.Attributes.ToString(), "no decimals");
        }
    }
}

/// <summary>x - trunc(x).</summary>
internal sealed class Frac() : CompositeOperator("Frac", (1, 1))
{
    public override Seq<Form> Forms => new(new(FormKind.Torch, "frac"), new(FormKind.Method, "frac"));

    public override Seq<MarchNote> MarchNotes => new(MarchNote.Refused(On.Bernoulli2));

    public override int[] Expand(Expansion call) => [call.Result("Sub", new(call.Inputs[0], call.Add("whole", "Trunc", call.Inputs)))];

    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("map", new("Frac", "rest", Forms[0], new(0), new()), [2, 5, 3, 7]);
        yield return Example.Of("vector", new("Frac", "rest", Forms[0], new(0), new()), [3, 17]);
    }
}
