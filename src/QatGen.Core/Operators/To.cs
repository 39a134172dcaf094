using QatGen.Graphs;
using QatGen.Passes;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>The same numbers as float32, wherever they are: of a float tensor nothing, of a mask 0 and 1.</summary>
internal sealed class To() : Operator("To")
{
    private static readonly Seq<string> OfTheSameType = new("cpu", "cuda", "positive");

    public override Seq<Form> Forms => new([
        new(FormKind.Method, "to"), new(FormKind.Method, "to_type"), new(FormKind.Method, "type"), new(FormKind.Method, "type_as"), new(FormKind.Method, "float"),
        .. OfTheSameType.Select(static n => new Form(FormKind.Method, n)), new(FormKind.Torch, "positive")]);

    public override bool IsView => true;

    public override bool IsComposite(Node node) => true;

    public override Seq<string> Structural => new("type", "dtype");

    public override IEnumerable<Violation> Check(Node node)
    {
        if (!node.Attributes.All(a => KeepsReals(a.Value) || !Structural.Contains(a.Key)))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "type", node.Attributes.ToString(), "float32");
        }
    }

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs) => BatchFirst.Elementwise(node with { Inputs = new(node.Inputs[0]) }, new(inputs[0]));

    /// <summary>Whether an argument that says a type is missing or float32.</summary>
    public static bool KeepsReals(Value? type) => type is null or Value.Member { Name: "Float32" or "float32" };

    public override int[] Expand(Expansion call)
    {
        var x = call.Inputs[0];
        return call.Fact(x).DType == DType.QInt32 ? throw QatGenException.Of(CaptureRules.Argument, call.Node.Path, Name, "an operand", call.Fact(x).ToString(), "a tensor of numbers or a mask: positions have no scale")
            : call.IsBool(x) ? [call.Result("Mul", new(x), new() { ["right"] = 1 })]
            : [x];
    }

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => throw new InvalidOperationException($"'{node.Path}' was not expanded.");

    public override string FloatCall(Node node, string module, string[] inputs) =>
        node.Form.Name == "float" ? $"{inputs[0]}.@float()" : node.Form.Name == "type_as" ? $"{inputs[0]}.to(torch.float32)" : base.FloatCall(node, module, inputs);

    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("map", new(Name, "to", new(FormKind.Method, "float"), new(0), new()), [2, 5, 3, 7]);
    }
}
