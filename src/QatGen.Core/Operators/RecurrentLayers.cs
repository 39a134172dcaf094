using System.Globalization;
using QatGen.Graphs;
using QatGen.Passes;

namespace QatGen.Operators;

/// <summary>
/// A recurrent layer over a sequence [N, steps, features] of known length, step by step, from states [N, layers and directions, features] that are given or zero. The results are the sequence of the states h, and the
/// states after the last step. In the source the states have the batch at axis 1, as has the sequence unless batchFirst says otherwise.
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
        if (node.Integer("hiddenSize", 0) < 1 || !node.Flag("batchFirst", false) || (!node.Flag(StatesMoved, false) && (node.Inputs.Count != 1 || node.Integer(Item, 0) != 0)))
        {
            yield return Violation.Of(
                CaptureRules.Argument, node.Path, Name, "arguments", node.Attributes.ToString(),
                "a constant hiddenSize, a sequence with the batch where batchFirst says, and states computed from tensors that have it at axis 1");
        }
    }

    /// <summary>Says that states have the batch first.</summary>
    private const string StatesMoved = "statesMoved";

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs)
    {
        var expected = node.Flag("batchFirst", false) ? 0 : 1;
        return inputs[0].Batch != expected || inputs.Skip(1).Any(static i => i.Batch != 1) ? null
            : new(node with { Attributes = new(node.Attributes.Where(static a => a.Key != "batchFirst").Concat(new AttributeMap { ["batchFirst"] = true, [StatesMoved] = true })) }, node.Integer(Item, 0) == 0 ? expected : 1);
    }

    public override string ModuleType => "TorchSharp.Modules." + Name;

    public override string FloatCall(Node node, string module, string[] inputs) =>
        inputs.Length == 3 ? $"{module}.call({inputs[0]}, ({inputs[1]}, {inputs[2]}))" : base.FloatCall(node, module, inputs);

    public override int[] Expand(Expansion call)
    {
        var (node, input) = (call.Node, call.Inputs[0]);
        if (call.Shape(input) is not [_, var steps, var width] || node.Integer("inputSize", width) != width)
        {
            throw QatGenException.Of(ShapeRules.LayerInput, node.Path, call.Fact(input).ToString(), "it takes [N, steps, inputSize]");
        }

        var states = (int)(node.Integer("numLayers", 1) * (node.Flag("bidirectional", false) ? 2 : 1));
        foreach (var state in call.Inputs.Skip(1).Where(s => call.Shape(s) is not [_, var count, var size] || count != states || size != node.Integer("hiddenSize", 0)))
        {
            throw QatGenException.Of(ShapeRules.LayerInput, node.Path, call.Fact(state).ToString(), $"the first states are {states} of hiddenSize");
        }

        int[] sequence = [.. Enumerable.Range(0, steps).Select(t => call.Configured(At("step", t), "Select", new(input), new() { ["dim"] = 1, ["index"] = t }))];
        var last = new List<Recurrent.State>();
        for (var layer = 0; layer < node.Integer("numLayers", 1); layer++)
        {
            var forward = Run(call, layer, sequence, isReverse: false, last);
            var backward = node.Flag("bidirectional", false) ? Run(call, layer, sequence, isReverse: true, last) : null;
            sequence = backward is null ? forward : [.. forward.Select((h, t) => call.Configured(At($"l{layer}_both", t), "Cat", new(h, backward[t]), new() { ["dim"] = 1 }))];
        }

        var rows = sequence.Select((h, t) => call.Configured(At("row", t), "View", new(h), Row));
        var output = call.Result("Cat", rows.ToSeq(), Along);
        return [output, Last("h_n", static s => s.H), Last("c_n", static s => s.C)];

        int Last(string name, Func<Recurrent.State, int> state)
        {
            var ends = last.Select((s, i) => call.Configured(At(name + "_row", i), "View", new(state(s)), Row)).ToSeq();
            return ends.Count == 1 ? ends[0] : call.Configured(name, "Cat", ends, Along);
        }
    }

    private static AttributeMap Row { get; } = new() { ["shape"] = new Value.Items(new(new Value.InputSize(0), 1, -1)) };

    private static AttributeMap Along { get; } = new() { ["dim"] = 1 };

    private int[] Run(Expansion call, int layer, int[] sequence, bool isReverse, List<Recurrent.State> last)
    {
        var name = $"l{layer.ToString(CultureInfo.InvariantCulture)}{(isReverse ? "_reverse" : "")}";
        var recurrent = new Recurrent(call, (int)call.Node.Integer("hiddenSize", 1), call.Node.Flag("bias", true), "_" + name, name + "_");
        var state = call.Inputs.Skip(1).All(call.IsZero) ? null : new Recurrent.State(First("h_0", 1), First("c_0", call.Inputs.Count - 1));
        var states = new int[sequence.Length];
        for (var i = 0; i < sequence.Length; i++)
        {
            var t = isReverse ? sequence.Length - 1 - i : i;
            state = recurrent.Step(StepKind(call.Node), i, sequence[t], state);
            states[t] = state.H;
        }

        last.Add(state!);
        return states;

        int First(string kind, int input) => call.Configured($"{name}_{kind}", "Select", new(call.Inputs[input]), new() { ["dim"] = 1, ["index"] = last.Count });
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
        Node Moved(int item) => Layer(1, both: true) with { Path = $"rnn.{item}", Attributes = new(Layer(1, both: true).Attributes.Where(static a => a.Key != Item).Concat(new AttributeMap { [Item] = item, [StatesMoved] = true })) };
        int[][] states = Name == "LSTM" ? [[2, 2, 6], [2, 2, 6]] : [[2, 2, 6]];
        yield return Example.Of("states", Moved(0), [[2, 3, 5], .. states]);
        yield return Example.Of("last states", Moved(1), [2, 3, 5]);
        if (Name == "LSTM")
        {
            yield return Example.Of("last cell states", Moved(2), [[2, 3, 5], .. states]);
        }
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
