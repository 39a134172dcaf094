using QatGen.Graphs;
using QatGen.Marches;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>The same values in another shape that keeps the batch dimension first.</summary>
internal sealed class View() : Operator("View")
{
    public override Seq<Form> Forms => new(new(FormKind.Method, "view"), new(FormKind.Method, "reshape"), new(FormKind.Torch, "reshape"));

    public override bool IsView => true;

    public override bool OnlyMoves => true;

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

    /// <summary>The axes in front of the batch and those behind it each become others.</summary>
    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs)
    {
        var (x, target) = (inputs[0], Target(node).ToList());
        if (x.Batch == 0 || target.Count == 0 || (x.Batch > 0 && x.Rank is null))
        {
            return null;
        }

        var batch = x.Batch == Placed.NoBatch ? Placed.NoBatch : target.IndexOf(0);
        var own = target.Where((_, i) => i != batch).ToArray();
        return own.Contains(0) || (batch == Placed.NoBatch) != (x.Batch == Placed.NoBatch) || (batch >= 0 && !Divides(x, target, batch)) ? null
            : new(node with { Attributes = new() { ["shape"] = new Value.Items(new([new Value.InputSize(0), .. own.Select(static d => (Value)d)])) } }, batch);
    }

    /// <summary>Whether as many elements are in front of the batch as before; -1 behind it takes what is left there, and in front of it what must be there.</summary>
    private static bool Divides(Placed x, List<int> target, int batch)
    {
        long Product(IEnumerable<int> sizes) => sizes.Aggregate(1L, static (n, d) => n < 0 || d < 0 ? -1 : n * d);
        var (before, front) = (Product(x.Source!.Value.Take(x.Batch)), Product(target.Take(batch)));
        return before > 0 && (front == before || (front < 0 && Product(x.Source.Value.Skip(x.Batch + 1)) is > 0 and var behind && behind == Product(target.Skip(batch + 1))));
    }

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
