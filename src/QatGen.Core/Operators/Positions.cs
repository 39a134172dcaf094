using QatGen.Graphs;
using QatGen.Marches;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>Positions along one axis: an int32 index of scale 1, int64 in the model as in PyTorch. Of equal elements the first counts; marches up to BAYES_E have such an index only as an output of the model.</summary>
internal abstract class PositionOperator(string name, string function, bool isSmallest) : Operator(name)
{
    /// <summary>What the manual says of max, and that argmax and argmin are like it.</summary>
    public static MarchNote OutputOnly { get; } = MarchNote.Only(
        new([.. On.Bernoulli2, .. On.BothBayes]), new("an index that is only an output of the model", static u => u.IsOutputOnly || IsValues(u.Node), static _ => "one that another layer reads"));

    public override Seq<Form> Forms => new(new(FormKind.Torch, function), new(FormKind.Method, function));

    public override Seq<string> Structural => new("dim", "keepdim");

    public override Seq<MarchNote> MarchNotes => new(OutputOnly);

    public override IEnumerable<Violation> Check(Node node) => CheckAxis(this, node);

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => Position(p, node, inputs[0], isSmallest);

    /// <summary>The position of the largest or smallest element along the axis <c>dim</c>, which is gone unless <c>keepdim</c> keeps it.</summary>
    public static T Position<T>(IPrimitives<T> p, Node node, T x, bool isSmallest)
    {
        var axis = (int)node.Integer("dim", 0);
        var position = p.TopK(x, new(axis, 1, isSmallest));
        return node.Flag("keepdim", false) ? position : p.Move(position, new Movement.Squeeze(axis));
    }

    public static IEnumerable<Violation> CheckAxis(Operator op, Node node)
    {
        if (node.Attributes["dim"] is not (null or Value.Integer { Number: not 0 }) || (node.Attributes["dim"] is null && op is PositionOperator))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, op.Name, "dim", node.Attributes.ToString(), "one axis other than the batch");
        }
    }

    private static bool IsValues(Node node) => node.Integer(Item, 1) == 0;

    public override IEnumerable<Example> Examples()
    {
        Node Along(int axis, bool keepsAxis) => new(Name, "position", new(FormKind.Method, function), new(0), new() { ["dim"] = axis, ["keepdim"] = keepsAxis });
        yield return Example.Of("channels", Along(1, true), [2, 5, 3, 7]);
        yield return Example.Of("channels gone", Along(1, false), [2, 33, 5, 4]);
        yield return Example.Of("rows", Along(2, true), [1, 17, 13, 5]);
        yield return Example.Of("columns gone", Along(-1, false), [2, 5, 3, 31]);
        yield return Example.Of("one pixel", Along(1, true), [1, 1, 1, 1]);
        yield return Example.Of("vector", Along(-1, true), [3, 37]);
        yield return Example.Of("classes", Along(1, false), [3, 10]);
        yield return Example.Of("sequence", Along(1, false), [2, 9, 21]);
        yield return Example.Of("5-D", Along(2, false), [2, 3, 7, 2, 5]);
    }
}

/// <summary>Where the largest element is.</summary>
internal sealed class ArgMax() : PositionOperator("ArgMax", "argmax", isSmallest: false);

/// <summary>Where the smallest element is.</summary>
internal sealed class ArgMin() : PositionOperator("ArgMin", "argmin", isSmallest: true);
