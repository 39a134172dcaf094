using System.Globalization;
using QatGen.Passes;

namespace QatGen.Operators;

/// <summary>
/// The steps of a recurrent layer: gates as fully connected layers on the input and on the state, whose sum is one rescale, then tables, products and sums in qint16. The state that the next step reads
/// has the configured type; an LSTM's cell state is qint16. A state that is not given is zero. <paramref name="suffix"/> ends the names of the layer's parameters and <paramref name="place"/> begins those of its parts.
/// </summary>
internal sealed class Recurrent(Expansion call, int hidden, bool hasBias, string suffix = "", string place = "")
{
    private string _step = "";

    /// <summary>h and, where the layer has one, c.</summary>
    public sealed record State(int H, int C);

    /// <summary>One step; <paramref name="kind"/> is LSTM, GRU, Tanh or ReLU.</summary>
    public State Step(string kind, int step, int x, State? state)
    {
        _step = step == 0 ? "" : "#" + step.ToString(CultureInfo.InvariantCulture);
        return kind switch { "LSTM" => Lstm(x, state), "GRU" => Gru(x, state), _ => Plain(kind, x, state) };
    }

    /// <summary>c' = sigmoid(f) c + sigmoid(i) tanh(g), h' = sigmoid(o) tanh(c'), with the gates in the order i, f, g, o.</summary>
    private State Lstm(int x, State? state)
    {
        var input = Linear("ih", x, 4);
        var zero = state is null ? Zero(Part("zero_gate", input, 4, 0)) : -1;
        var gates = Add("gates", "Add", input, Linear("hh", state?.H ?? zero, 4));
        int Gate(string name, string table, int item) => Add(name, table, Part(name + "_gate", gates, 4, item));
        var kept = Add("fc", "Mul", Gate("f", "Sigmoid", 1), state?.C ?? zero);
        var c = Add("c", "Add", kept, Add("ig", "Mul", Gate("i", "Sigmoid", 0), Gate("g", "Tanh", 2)));
        return new(Configured("h", "Mul", Gate("o", "Sigmoid", 3), Add("tanh", "Tanh", c)), c);
    }

    /// <summary>r and z = sigmoid of both layers' sums, n = tanh(W_in x + b_in + r (W_hn h + b_hn)), h' = n + z (h - n), with the gates in the order r, z, n.</summary>
    private State Gru(int x, State? state)
    {
        var input = Linear("ih", x, 3);
        var before = state?.H ?? Zero(Part("zero_gate", input, 3, 0));
        var remembered = Linear("hh", before, 3);
        int Gate(string name, int item) => Add(name, "Sigmoid", Add(name + "_sum", "Add", Part(name + "_input", input, 3, item), Part(name + "_state", remembered, 3, item)));
        var inner = Add("n_sum", "Add", Part("n_input", input, 3, 2), Add("rn", "Mul", Gate("r", 0), Part("n_state", remembered, 3, 2)));
        var n = Add("n", "Tanh", inner);
        var h = Configured("h", "Add", n, Add("zh", "Mul", Gate("z", 1), Add("change", "Sub", before, n)));
        return new(h, h);
    }

    /// <summary>h' = tanh or relu of W_ih x + b_ih + W_hh h + b_hh.</summary>
    private State Plain(string activation, int x, State? state)
    {
        var input = Linear("ih", x, 1);
        var remembered = Linear("hh", state?.H ?? Zero(input), 1);
        var h = activation == "ReLU" ? Configured("h", activation, Configured("sum", "Add", input, remembered)) : Configured("h", activation, Add("sum", "Add", input, remembered));
        return new(h, h);
    }

    /// <summary>Zeros of a tensor's shape.</summary>
    private int Zero(int like) => call.Add(Name("zero"), "Mul", new(like), new() { ["right"] = 0 });

    private int Linear(string kind, int x, int gates) => call.Linear(Name(kind), x, gates * hidden, $"weight_{kind}{suffix}", hasBias ? $"bias_{kind}{suffix}" : "");

    private int Part(string name, int gates, int count, int item) =>
        call.Add(Name(name), "Chunk", new(gates), new() { ["chunks"] = count, ["dim"] = 1, [Operator.Item] = item });

    private int Add(string name, string op, params int[] inputs) => call.Add(Name(name), op, new(inputs));

    private int Configured(string name, string op, params int[] inputs) => call.Configured(Name(name), op, new(inputs));

    private string Name(string name) => place + name + _step;
}
