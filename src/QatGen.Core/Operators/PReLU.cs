using QatGen.Graphs;
using QatGen.Passes;

namespace QatGen.Operators;

/// <summary>x above 0 and a learned slope times x below it: one slope, or one for each channel.</summary>
internal sealed class PReLU() : CompositeOperator("PReLU", (0.7, 50))
{
    public override Seq<Form> Forms => new(new Form(FormKind.Module, "PReLU"));

    public override Seq<string> Structural => new("num_parameters");

    public override int[] Expand(Expansion call)
    {
        var x = call.Inputs[0];
        var negative = call.Configured("negative", "Clamp", new(x), new() { ["max"] = 0 });
        var slope = call.Node.Count("num_parameters") == 1 ? call.Parameter("weight", 1)
            : call.Parameter("weight", [call.Node.Count("num_parameters"), .. call.Shape(x).Skip(2).Select(static _ => 1)]);
        return [call.Result("Add", new(call.Configured("positive", "ReLU", new(x)), call.Add("slope", "Mul", new(negative, slope))))];
    }

    public override IEnumerable<Example> Examples()
    {
        Node With(int parameters) => new(Name, "prelu", Forms[0], new(0), new() { ["num_parameters"] = parameters });
        yield return Example.Of("one slope", With(1), [2, 5, 3, 7]);
        yield return Example.Of("channels", With(5), [2, 5, 3, 7]);
        yield return Example.Of("vectors", With(17), [3, 17]);
    }
}
