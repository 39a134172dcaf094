using QatGen.Graphs;
using QatGen.Marches;
using QatGen.Passes;

namespace QatGen.Operators;

/// <summary>x above a threshold, else a value: a comparison, exact, where a table would blur the step.</summary>
internal sealed class Threshold() : CompositeOperator("Threshold", (0.5, 0.5))
{
    public override Seq<Form> Forms => new(new(FormKind.Module, Name), new(FormKind.Functional, "threshold"), new(FormKind.Method, "threshold"));

    public override Seq<string> Structural => new("threshold", "value");

    public override Seq<MarchNote> MarchNotes => new(MarchNote.Refused(On.Bernoulli2));

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs) => BatchFirst.Elementwise(node, inputs);

    public override int[] Expand(Expansion call)
    {
        var mask = call.Configured("above", "Gt", call.Inputs, new() { ["right"] = call.Node.Real("threshold", 0) });
        var value = call.Configured("value", "Full", Seq<int>.Empty, new() { ["size"] = new long[] { 1 }, ["value"] = call.Node.Real("value", 0) });
        return [call.Result("Where", new(mask, call.Inputs[0], value))];
    }

    public override IEnumerable<Example> Examples()
    {
        var node = new Node(Name, "f", Forms[0], new(0), new() { ["threshold"] = 0.25, ["value"] = -2.0 });
        yield return Example.Of("map", node, [2, 5, 3, 7]);
        yield return Example.Of("vector", node, [1, 1]);
    }
}
