using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>
/// A parameter or buffer that forward computes with: quantized with one scale of its own, and trained with it where it is a parameter. The movements and comparisons that it has absorbed apply to it with an axis of one element in front,
/// which stays where it repeats over the batch.
/// </summary>
public sealed class ConstantTensor() : Operator("Constant")
{
    public const string Parameter = "get_parameter";

    /// <summary>The attribute of a tensor whose first axis, of one element, repeats over the batch.</summary>
    public const string Repeats = "repeats";

    public override Seq<Form> Forms => new(new(FormKind.State, Parameter), new(FormKind.State, "get_buffer"));

    /// <summary>The attribute of a mask that says what of it is read: a <see cref="MaskReading"/> by name.</summary>
    public const string Reading = "reads";

    /// <summary>A number of a mask that is this or less hides what it is added to: its exponential is 0 in float32.</summary>
    public const double Hides = -88;

    /// <summary>The attributes that passes add to what is written.</summary>
    public static Seq<string> Added { get; } = new(Repeats, Reading);

    public override Seq<string> Structural => new(["target", .. Added]);

    public override Seq<ConstantRole> Constants(Node node) => new(ConstantRole.Tensor(node.Part is { Shape.Count: > 0 } part ? part.Shape : MovedShape(node)));

    private static Seq<int> MovedShape(Node node)
    {
        var shape = node.Attributes["shape"] is Value.Items items ? items.Elements.Select(static d => d is Value.Integer size ? (int)size.Number : Fact.UnknownDimension).ToSeq() : Seq<int>.Empty;
        if (shape.Count == 0 || node.Absorbed.Count == 0)
        {
            return shape;
        }

        var moved = Moved(new FactChecker(), node, Fact.Of(shape.Prepend(1).ToSeq(), DType.QInt8), static role => role.Fact);
        return moved.IsKnown ? moved.Shape.Skip(node.Flag(Repeats, false) ? 0 : 1).ToSeq() : Seq<int>.Empty;
    }

    /// <summary>A tensor with an axis of one element in front, moved as the node says.</summary>
    public static T Moved<T>(IPrimitives<T> p, Node node, T tensor, Func<ConstantRole, T> constant) =>
        node.Absorbed.Select(static a => a with { Inputs = new(0) }).Aggregate(tensor, (x, call) => Catalogue.Get(call.Operator) is var op ? op.Lower(p, call, [x], [.. op.Constants(call).Select(constant)]) : x);

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.Constant(constants[0]);

    /// <summary>What a node reads of its tensor.</summary>
    public static MaskReading ReadingOf(Node node) => node.Attributes[Reading] is Value.Text { Content: var name } && Enum.TryParse<MaskReading>(name, out var reading) ? reading : MaskReading.None;

    public override string FloatCall(Node node, string module, string[] inputs) => $"model.{node.Form.Name}({node.Attributes["target"]!.ToCode(i => inputs[i])})";

    public override IEnumerable<Example> Examples()
    {
        var add = new Node("Add", "add", new(FormKind.Symbol, "op_Addition"), new(0, 1), new());
        yield return Example.Of("vector", add, [3, 17]).With([17]);
        yield return Example.Of("map", add, [2, 3, 5, 7]).With([3, 5, 7]);
    }

    /// <summary>The node that reads a tensor of the model by name.</summary>
    public static Node Read(string name, string path, bool isParameter, Seq<int> shape) => Read(name, path, isParameter, shape.Count == 0 ? null : new Value.Items(shape.Select(static d => (Value)d).ToSeq()));

    /// <summary>The same with sizes of which a constructor argument may decide some; null where nothing is known of them.</summary>
    public static Node Read(string name, string path, bool isParameter, Value? shape)
    {
        var attributes = new AttributeMap { ["target"] = new Value.Text(name) };
        return new("Constant", path, new(FormKind.State, isParameter ? Parameter : "get_buffer"), Seq<int>.Empty, shape is null ? attributes : new(attributes.Append(new("shape", shape))));
    }
}
