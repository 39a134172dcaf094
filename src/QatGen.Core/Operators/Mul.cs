using QatGen.Graphs;
using QatGen.Marches;
using QatGen.Passes;

namespace QatGen.Operators;

/// <summary>The product of two tensors, in int32 before it is rescaled; times a number only the scale changes, and for a negative one the sign.</summary>
internal sealed class Mul() : ProductOperator("Mul")
{
    public override Seq<Form> Forms => new(
        new(FormKind.Symbol, "op_Multiply"), new(FormKind.Torch, "mul"), new(FormKind.Method, "mul"), new(FormKind.Torch, "multiply"), new(FormKind.Method, "multiply"));

    public override Seq<string> Structural => new("right", "left", "target");

    protected override double? Factor(Node node) => Number(node);

    protected override string Symbol(Node node) => "*";

    public override IEnumerable<Example> Examples()
    {
        var node = new Node("Mul", "mul", Forms[0], new(0, 1), new());
        Node With(string name, Value value) => node with { Attributes = new() { [name] = value } };
        var relu6 = new Node("ReLU6", "relu6", new(FormKind.Module, "ReLU6"), new(0), new());
        yield return Example.Of("relu6", node with { Absorbed = new(relu6) }, [1, 16, 8, 8], [1, 16, 8, 8]);
        yield return Example.Of("number", With("right", 0.3), [2, 5, 3, 7]);
        yield return Example.Of("negative number", With("left", -2), [2, 5, 3, 7]);
        yield return Example.Of("zero", With("right", 0), [2, 17]);
        foreach (var example in BroadcastExamples(node))
        {
            yield return example;
        }
    }
}

/// <summary>A tensor divided by a number: times its reciprocal. One divided by a tensor, and a number by a tensor: times the tensor's reciprocal, by table.</summary>
internal sealed class Div() : ProductOperator("Div")
{
    public override Seq<Form> Forms => new(
        new(FormKind.Symbol, "op_Division"), new(FormKind.Torch, "div"), new(FormKind.Method, "div"), new(FormKind.Torch, "divide"), new(FormKind.Method, "divide"), new(FormKind.Method, "true_divide"));

    public override Seq<string> Structural => new("right", "left", "target", "other", "rounding_mode");

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Attributes["rounding_mode"] is Value.Member { Name: not "None" } or Value.Integer { Number: not 0 } || (node.Inputs.Count == 1 && !NumberIsLeft(node) && Number(node) is null or 0))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "operands", node.Attributes.ToString(), "a divisor that is not 0, without rounding");
        }

        foreach (var violation in base.Check(node))
        {
            yield return violation;
        }
    }

    protected override double? Factor(Node node) => 1 / Number(node);

    public override bool IsComposite(Node node) => node.Inputs.Count == 2 || NumberIsLeft(node);

    public override (double Int8, double Int16) CompositeSteps => (1.5, 450);

    // The manual's division is of qint16; the divisor here becomes it whatever its type.
    public override Seq<MarchNote> MarchNotes => new(MarchNote.Does(On.BothBayes, "a tensor that divides, and its reciprocal, are qint16 whatever the types around them"));

    /// <summary>The reciprocal is qint16, and so must be what it is taken of: plus 0, which rescales.</summary>
    public override int[] Expand(Expansion call)
    {
        var divisor = call.Add("divisor", "Add", new(call.Inputs[call.Inputs.Count - 1]), new() { ["right"] = 0 });
        if (call.Inputs.Count == 2)
        {
            return [call.Result("Mul", new(call.Inputs[0], call.Add("reciprocal", "Reciprocal", new(divisor))))];
        }

        var reciprocal = call.Configured("reciprocal", "Reciprocal", new(divisor));
        return [call.Result("Mul", new(reciprocal), new() { ["right"] = call.Node.Real("left", 1) })];
    }

    protected override string Symbol(Node node) => "/";

    public override IEnumerable<Example> Examples()
    {
        Node By(Value value) => new("Div", "div", Forms[0], new(0), new() { ["right"] = value });
        yield return Example.Of("by a whole number", By(4), [2, 5, 3, 7]);
        yield return Example.Of("by a negative number", By(-0.3), [2, 17]);
        yield return Example.Of("by a tensor", new("Div", "div", Forms[0], new(0, 1), new()), [2, 5, 3, 7], [2, 5, 1, 7]);
        yield return Example.Of("number by a tensor", new("Div", "div", Forms[0], new(0), new() { ["left"] = 2 }), [2, 17]);
    }
}

/// <summary>The tensor with the other sign; the smallest integer becomes the largest.</summary>
internal sealed class Neg() : ProductOperator("Neg")
{
    public override Seq<Form> Forms => new(
        new(FormKind.Symbol, "op_UnaryNegation"), new(FormKind.Torch, "neg"), new(FormKind.Method, "neg"), new(FormKind.Torch, "negative"), new(FormKind.Method, "negative"));

    public override IEnumerable<Violation> Check(Node node) => [];

    protected override double? Factor(Node node) => -1;

    public override string FloatCall(Node node, string module, string[] inputs) => node.Form.Kind == FormKind.Symbol ? $"-{inputs[0]}" : base.FloatCall(node, module, inputs);

    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("map", new("Neg", "neg", Forms[0], new(0), new()), [2, 5, 3, 7]);
    }
}

/// <summary>The tensor times itself.</summary>
internal sealed class Square() : ProductOperator("Square")
{
    public override Seq<Form> Forms => new(new(FormKind.Torch, "square"), new(FormKind.Method, "square"));

    public override IEnumerable<Violation> Check(Node node) => [];

    protected override double? Factor(Node node) => null;

    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("map", new("Square", "square", Forms[0], new(0), new()), [2, 5, 3, 7]);
    }
}
