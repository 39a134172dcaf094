using System.Globalization;
using QatGen.Graphs;
using QatGen.Passes;

namespace QatGen.Operators;

/// <summary>
/// A recurrent layer over a sequence [N, steps, features] of known length, step by step, from states of zero. The result is the sequence of the states h; those after the last step,
/// whose batch is not the first axis, are the end of that sequence and no results of their own.
/// </summary>
internal abstract class RecurrentLayer(string kind) : CompositeOperator(kind, (3, 550))
{
    public override Seq<Form> Forms => new(new Form(FormKind.Module, Name));

    public override Seq<string> Structural => new("hiddenSize", "numLayers", "bias", "batchFirst", "bidirectional");

    public override Seq<string> Sizes => new("inputSize");

    public override bool ReturnsTuple => true;

    /// <summary>The tables of one step.</summary>
    protected virtual string StepKind(Node node) => Name;

    public static string ActivationOf(Node node) => node.Attributes["nonLinearity"] is Value.Member { Name: "ReLU" } ? "ReLU" : "Tanh";

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Integer("hiddenSize", 0) < 1 || !node.Flag("batchFirst", false) || node.Inputs.Count != 1 || node.Integer(Item, 0) != 0)
        {
            yield return Violation.Of(
                CaptureRules.Argument, node.Path, Name, "arguments", node.Attributes.ToString(),
                "batchFirst: true, a constant hiddenSize, no first states, and the last step of the output instead of the last states");
        }
    }

    public override string ModuleType => "TorchSharp.Modules." + Name;

    public override string FloatCall(Node node, string module, string[] inputs) =>
        inputs.Length == 3 ? $"{module}.call({inputs[0]}, ({inputs[1]}, {inputs[2]}))" : base.FloatCall(node, module, inputs);

    public override int[] Expand(Expansion call)
    {
        var (node, input) = (call.Node, call.Inputs[0]);
        var steps = call.Shape(input)[1];
        int[] sequence = [.. Enumerable.Range(0, steps).Select(t => call.Configured(At("step", t), "Select", new(input), new() { ["dim"] = 1, ["index"] = t }))];
        for (var layer = 0; layer < node.Integer("numLayers", 1); layer++)
        {
            var forward = Run(call, layer, sequence, isReverse: false);
            var backward = node.Flag("bidirectional", false) ? Run(call, layer, sequence, isReverse: true) : null;
            sequence = backward is null ? forward : [.. forward.Select((h, t) => call.Configured(At($"l{layer}_both", t), "Cat", new(h, backward[t]), new() { ["dim"] = 1 }))];
        }

        var rows = sequence.Select((h, t) => call.Configured(At("row", t), "View", new(h), new() { ["shape"] = new Value.Items(new(new Value.InputSize(0), 1, -1)) }));
        return [call.Result("Cat", rows.ToSeq(), new() { ["dim"] = 1 })];
    }

    private int[] Run(Expansion call, int layer, int[] sequence, bool isReverse)
    {
        var name = $"l{layer.ToString(CultureInfo.InvariantCulture)}{(isReverse ? "_reverse" : "")}";
        var recurrent = new Recurrent(call, (int)call.Node.Integer("hiddenSize", 1), call.Node.Flag("bias", true), "_" + name, name + "_");
        Recurrent.State? state = null;
        var states = new int[sequence.Length];
        for (var i = 0; i < sequence.Length; i++)
        {
            var t = isReverse ? sequence.Length - 1 - i : i;
            state = recurrent.Step(StepKind(call.Node), i, sequence[t], state);
            states[t] = state.H;
        }

        return states;
    }

    private static string At(string name, int step) => step == 0 ? name : $"{name}#{step.ToString(CultureInfo.InvariantCulture)}";

    public override IEnumerable<Example> Examples()
    {
        Node Layer(int layers, bool both) => new(Name, "rnn.0", Forms[0], new(0), new()
        {
            ["inputSize"] = 5,
            ["hiddenSize"] = 6,
            ["numLayers"] = layers,
            ["batchFirst"] = true,
            ["bidirectional"] = both,
            [Item] = 0,
        });
        yield return Example.Of("one layer", Layer(1, both: false), [2, 4, 5]);
        yield return Example.Of("one step", Layer(1, both: false), [2, 1, 5]);
        yield return Example.Of("two layers both ways", Layer(2, both: true), [2, 3, 5]);
    }
}

/// <summary>Long short-term memory.</summary>
internal sealed class LSTM() : RecurrentLayer("LSTM");

/// <summary>Gated recurrent units.</summary>
internal sealed class GRU() : RecurrentLayer("GRU");

/// <summary>Elman's recurrent layer.</summary>
internal sealed class RNN() : RecurrentLayer("RNN")
{
    public override Seq<string> Structural => base.Structural.Append("nonLinearity").ToSeq();

    protected override string StepKind(Node node) => ActivationOf(node);
}
