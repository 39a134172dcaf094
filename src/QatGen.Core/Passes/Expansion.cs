using QatGen.Graphs;
using QatGen.Operators;
using QatGen.Primitives;

namespace QatGen.Passes;

/// <summary>The call of a composite operator while the calls that it is made of are written. Values are numbers of the graph being written.</summary>
public sealed class Expansion
{
    private readonly ExpandComposites.Writer _writer;
    private readonly string _suffix;

    internal Expansion(ExpandComposites.Writer writer, Node call)
    {
        (_writer, Node) = (writer, call);
        _suffix = call.Path.Substring(call.ModulePath.Length);
    }

    public Node Node { get; }

    public Seq<int> Inputs => Node.Inputs;

    /// <summary>What is known of a value's shape.</summary>
    public Fact Fact(int value) => _writer.FactOf(value);

    /// <summary>The sizes of a value, all but the batch known; otherwise a violation that says so.</summary>
    public Seq<int> Shape(int value) => Fact(value) is { IsKnown: true } known && known.Shape.Skip(1).All(static d => d > 0) ? known.Shape
        : throw QatGenException.Of(ShapeRules.CompositeShape, Node.Path, Node.Operator);

    /// <summary>The call that gives a value; null for an input of the model.</summary>
    public Node? Producer(int value) => _writer.Producer(value);

    /// <summary>Whether a value is a comparison's, or an input that is a mask, moved or not.</summary>
    public bool IsBool(int value) => Producer(value) is not { } node ? _writer.IsMask(value)
        : Catalogue.Get(node.Operator) is var op && (op.GivesBool || (node.Inputs.Count == 1 && (op.OnlyMoves || op.IsIdentity) && IsBool(node.Inputs[0])));

    /// <summary>What a buffer's mask is read as, moved like the value that has it.</summary>
    public int Read(string name, int mask, MaskReading reading, Part part)
    {
        var read = Producer(mask)!;
        return _writer.Add(read with { Path = Below(name), Part = part, Attributes = new(read.Attributes.Append(new(ConstantTensor.Reading, new Value.Text(reading.ToString())))) });
    }

    /// <summary>A call of an operator, in qint16 unless <paramref name="part"/> says otherwise.</summary>
    public int Add(string name, string op, Seq<int> inputs, AttributeMap? attributes = null, Part? part = null) =>
        _writer.Add(new(op, Below(name), FormOf(op), inputs, attributes ?? new()) { Part = part ?? Part.Wide });

    /// <summary>A call whose type is as configured.</summary>
    public int Configured(string name, string op, Seq<int> inputs, AttributeMap? attributes = null) => Add(name, op, inputs, attributes, new(ResultOf: Node.Operator));

    /// <summary>The last call: it has the composite's own path, and its result the type configured for the composite.</summary>
    public int Result(string op, Seq<int> inputs, AttributeMap? attributes = null) => _writer.Add(
        new(op, Node.Path, FormOf(op), inputs, attributes ?? new()) { Part = (Node.Part ?? new()) with { ResultOf = Node.Operator }, Output = Node.Output });

    /// <summary>A parameter of the composite's module in qint16, read in a shape.</summary>
    public int Parameter(string name, params int[] shape) => Parameter(name, Part.Wide, shape);

    /// <summary>The same as <paramref name="part"/> says.</summary>
    public int Parameter(string name, Part part, params int[] shape) => _writer.Add(
        ConstantTensor.Read($"{Node.ModulePath}.{name}", Below(name), isParameter: true, Seq<int>.Empty) with { Part = part with { Shape = new(shape) } });

    /// <summary>A fully connected layer with parameters of the composite's module; <paramref name="bias"/> is empty where it has none.</summary>
    public int Linear(string name, int x, int outputs, string weight, string bias, Part? part = null) =>
        _writer.Add(new("Linear", Below(name), FormOf("Linear"), new(x), new() { ["inputSize"] = Fact(x) is { IsKnown: true, Shape: { Count: > 0 } sizes } ? sizes[sizes.Count - 1] : Primitives.Fact.UnknownDimension, ["outputSize"] = outputs, ["hasBias"] = bias.Length > 0 })
        {
            Part = (part ?? Part.Wide) with { Weight = $"{Node.ModulePath}.{weight}", Bias = bias.Length == 0 ? "" : $"{Node.ModulePath}.{bias}" },
        });

    /// <summary>Whether a value is a tensor of zeros that forward makes.</summary>
    public bool IsZero(int value) => _writer.Producer(value) is { } producer && Full.IsZero(producer);

    /// <summary>The parameter or buffer that an input is: its name in the model, its sizes, of which some may be unknown, and whether it is a buffer. What is computed, moved, or the weight of another call is a violation.</summary>
    public (string Name, Seq<int> Shape, bool IsBuffer) Held(int input, string argument)
    {
        var (fact, producer) = (Fact(Inputs[input]), _writer.Producer(Inputs[input]));
        var name = producer?.Attributes["target"] is Value.Text target ? target.Content : "";
        return !fact.IsConstant || producer is { Absorbed.Count: > 0 } || !_writer.TakeWeight(name)
            ? throw QatGenException.Of(CaptureRules.Argument, Node.Path, Node.Operator, argument, fact.ToString(), "a parameter or buffer of the model as it is, of which this is the only layer")
            : (name, fact.Shape, producer is not null && producer.Form.Name != ConstantTensor.Parameter);
    }

    /// <summary>The last call: the composite's own operator as a module's, with parameters of these names; with a weight that is a buffer it is not trained.</summary>
    public int Layer(AttributeMap attributes, string weight, string bias, bool isFixed) => _writer.Add(
        new(Node.Operator, Node.Path, FormOf(Node.Operator), new(Inputs[0]), attributes) { Part = (Node.Part ?? new()) with { ResultOf = Node.Operator, Weight = weight, Bias = bias, IsFixed = isFixed }, Output = Node.Output });

    /// <summary>The path of a part: a later call of a module has the number of the call behind it, as has a later step of one call.</summary>
    private string Below(string name)
    {
        var step = name.Split('#');
        var suffix = (_suffix.Length, step.Length) switch { (0, 1) => "", (0, _) => "#1_" + step[1], (_, 1) => _suffix, _ => $"{_suffix}_{step[1]}" };
        return $"{Node.ModulePath}.{step[0]}{suffix}";
    }

    private static Form FormOf(string op) => Catalogue.Get(op).Forms.DefaultIfEmpty(new(FormKind.Module, op)).First();
}
