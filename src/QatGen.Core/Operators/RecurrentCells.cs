using QatGen.Graphs;
using QatGen.Passes;

namespace QatGen.Operators;

/// <summary>One step of a recurrent layer, called as a module: the input and, where they are given, the states.</summary>
internal abstract class RecurrentCell(string kind) : CompositeOperator(kind + "Cell", (2.2, 550))
{
    public override Seq<Form> Forms => new(new Form(FormKind.Module, Name));

    public override Seq<string> Structural => new("hiddenSize", "bias");

    public override Seq<string> Sizes => new("inputSize");

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Integer("hiddenSize", 0) < 1)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "hiddenSize", node.Attributes.ToString(), "a constant");
        }
    }

    public override string ModuleType => "TorchSharp.Modules." + Name;

    public override string FloatCall(Node node, string module, string[] inputs) =>
        ReturnsTuple ? $"{module}.call({inputs[0]}, {(inputs.Length == 1 ? "null" : $"({inputs[1]}, {inputs[2]})")})" : base.FloatCall(node, module, inputs);

    protected Recurrent.State Step(Expansion call, string step)
    {
        Require(call, call.Inputs[0], "inputSize");
        foreach (var state in call.Inputs.Skip(1))
        {
            Require(call, state, "hiddenSize");
        }

        return new Recurrent(call, (int)call.Node.Integer("hiddenSize", 1), call.Node.Flag("bias", true))
            .Step(step, 0, call.Inputs[0], call.Inputs.Skip(1).All(call.IsZero) ? null : new(call.Inputs[1], call.Inputs[call.Inputs.Count - 1]));
    }

    /// <summary>Throws where a value is known to be other than [N, size].</summary>
    private static void Require(Expansion call, int value, string size)
    {
        if (call.Fact(value) is { IsKnown: true } fact && (fact.Shape is not [_, var width] || (width > 0 && call.Node.Integer(size, width) != width)))
        {
            throw QatGenException.Of(ShapeRules.LayerInput, call.Node.Path, fact.ToString(), "it takes [N, inputSize], and states [N, hiddenSize]");
        }
    }

    public override IEnumerable<Example> Examples()
    {
        Node Cell(bool bias) => new(Name, "cell", Forms[0], new(0), new() { ["inputSize"] = 9, ["hiddenSize"] = 7, ["bias"] = bias });
        var states = ReturnsTuple ? new int[][] { [3, 9], [3, 7], [3, 7] } : [[3, 9], [3, 7]];
        foreach (var item in ReturnsTuple ? [0, 1] : new int?[] { null })
        {
            Node Result(bool bias) => item is not { } number ? Cell(bias)
                : Cell(bias) with { Path = $"cell.{number}", Attributes = new(Cell(bias).Attributes.Append(new(Item, number))) };
            yield return Example.Of($"states {item}", Result(bias: true), states);
            yield return Example.Of($"no states {item}", Result(bias: true), [3, 9]);
            yield return Example.Of($"no bias {item}", Result(bias: false), states);
        }
    }
}

/// <summary>The states h and c after one step of an LSTM.</summary>
internal sealed class LSTMCell() : RecurrentCell("LSTM")
{
    public override bool ReturnsTuple => true;

    public override int[] Expand(Expansion call) => Step(call, "LSTM") is var (h, c) ? [h, c] : [];
}

/// <summary>The state after one step of a GRU.</summary>
internal sealed class GRUCell() : RecurrentCell("GRU")
{
    public override int[] Expand(Expansion call) => [Step(call, "GRU").H];
}

/// <summary>The state after one step of an Elman layer.</summary>
internal sealed class RNNCell() : RecurrentCell("RNN")
{
    public override Seq<string> Structural => new("hiddenSize", "bias", "nonLinearity");

    public override int[] Expand(Expansion call) => [Step(call, RecurrentLayer.ActivationOf(call.Node)).H];
}
