using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>A parameter or buffer that forward computes with: quantized with one scale of its own, and trained with it where it is a parameter.</summary>
public sealed class ConstantTensor() : Operator("Constant")
{
    public const string Parameter = "get_parameter";

    public override Seq<Form> Forms => new(new(FormKind.State, Parameter), new(FormKind.State, "get_buffer"));

    public override Seq<string> Structural => new("target");

    public override Seq<ConstantRole> Constants(Node node) =>
        new(ConstantRole.Tensor(node.Part is { Shape.Count: > 0 } part ? part.Shape : node.Attributes["shape"] is Value.Items shape ? shape.Elements.OfType<Value.Integer>().Select(static d => (int)d.Number).ToSeq() : Seq<int>.Empty));

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.Constant(constants[0]);

    public override string FloatCall(Node node, string module, string[] inputs) => $"model.{node.Form.Name}({node.Attributes["target"]!.ToCode(i => inputs[i])})";

    public override IEnumerable<Example> Examples()
    {
        var add = new Node("Add", "add", new(FormKind.Symbol, "op_Addition"), new(0, 1), new());
        yield return Example.Of("vector", add, [3, 17]).With([17]);
        yield return Example.Of("map", add, [2, 3, 5, 7]).With([3, 5, 7]);
    }

    /// <summary>The node that reads a tensor of the model by name.</summary>
    public static Node Read(string name, string path, bool isParameter, Seq<int> shape)
    {
        var attributes = new AttributeMap { ["target"] = new Value.Text(name) };
        return new("Constant", path, new(FormKind.State, isParameter ? Parameter : "get_buffer"), Seq<int>.Empty,
            shape.Count == 0 ? attributes : new(attributes.Append(new("shape", new Value.Items(shape.Select(static d => (Value)d).ToSeq())))));
    }
}
