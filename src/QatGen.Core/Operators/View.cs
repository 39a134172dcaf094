using QatGen.Graphs;
using QatGen.Marches;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>The same values in another shape that keeps the batch dimension first.</summary>
internal sealed class View() : Operator("View")
{
    public override Seq<Form> Forms => new(new(FormKind.Method, "view"), new(FormKind.Method, "reshape"), new(FormKind.Torch, "reshape"));

    public override bool IsView => true;

    public override Seq<string> Structural => new("shape");

    public override Seq<string> TakesSizes => Structural;

    public override IEnumerable<Violation> Check(Node node)
    {
        var target = Target(node);
        if (target.Length == 0 || target[0] > 0 || target.Skip(1).Any(static d => d == 0) || target.Count(static d => d == -1) > 1)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "shape", node.Attributes.ToString(), "x.shape[0] or -1 first, then sizes");
        }
    }

    /// <summary>BERNOULLI2 has no reshape; flattening is that of a fully connected layer.</summary>
    public override Seq<MarchNote> MarchNotes => new(MarchNote.Only(On.Bernoulli2, new("one size behind the batch", static u => Target(u.Node).Length == 2, static u => u.Node.Attributes.ToString())));

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.Reshape(inputs[0], Target(node));

    /// <summary>The sizes with 0 for the batch; empty while one is not known.</summary>
    private static int[] Target(Node node)
    {
        var elements = node.Attributes["shape"] is Value.Items items ? items.Elements : Seq<Value>.Empty;
        var known = elements.All(static e => e is Value.Integer or Value.InputSize { Axis: 0 });
        return known ? [.. elements.Select(static e => e is Value.Integer i ? (int)i.Number : 0)] : [];
    }

    public override string FloatCall(Node node, string module, string[] inputs) => $"{inputs[0]}.{node.Form.Name}({node.Attributes["shape"]!.ToCode(i => inputs[i])})";

    public override IEnumerable<Example> Examples()
    {
        static Node View(params Value[] sizes) => new("View", "view", new(FormKind.Method, "view"), new(0), new() { ["shape"] = new Value.Items(new([new Value.InputSize(0), .. sizes])) });
        yield return Example.Of("map", View(6, -1), [2, 3, 4, 5]);
        yield return Example.Of("flat", View(-1), [2, 3, 4, 5]);
        yield return Example.Of("heads", View(4, 2, 1, -1), [1, 4, 10]);
        yield return Example.Of("6-D", View(1, 3, 2, 2, 5), [1, 3, 4, 5]);
    }
}
