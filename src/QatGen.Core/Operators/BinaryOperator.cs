using QatGen.Graphs;

namespace QatGen.Operators;

/// <summary>An operator on two tensors that broadcast, or on a tensor and a number on either side.</summary>
internal abstract class BinaryOperator(string name) : Operator(name)
{
    /// <summary>Where TorchSharp's overloads put the number.</summary>
    private static readonly Seq<string> Numbers = new("right", "left", "scalar", "target", "other");

    protected virtual Seq<string> NumberNames => Numbers;

    /// <summary>The operator as C# writes it; empty where there is none.</summary>
    protected virtual string Symbol(Node node) => "";

    /// <summary>The number; null where both operands are tensors.</summary>
    protected double? Number(Node node) => node.Inputs.Count == 1 && NumberNames.FirstOrDefault(n => node.Attributes[n] is Value.Real or Value.Integer) is { } name ? node.Real(name, 0) : null;

    protected static bool NumberIsLeft(Node node) => node.Inputs.Count == 1 && node.Attributes["left"] is not null;

    protected bool IsBinary(Node node) => node.Inputs.Count == 2 || Number(node) is { } k && !double.IsNaN(k) && !double.IsInfinity(k);

    public override IEnumerable<Violation> Check(Node node)
    {
        if (!IsBinary(node))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "operands", node.Attributes.ToString(), "two tensors, or a tensor and a finite number");
        }
    }

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs) => BatchFirst.Elementwise(node, inputs);

    public override string FloatCall(Node node, string module, string[] inputs)
    {
        if (node.Form.Kind != FormKind.Symbol)
        {
            return base.FloatCall(node, module, inputs);
        }

        var number = (node.Attributes["left"] ?? node.Attributes["right"])?.ToCode(i => inputs[i]) ?? "";
        return inputs.Length == 2 ? $"{inputs[0]} {Symbol(node)} {inputs[1]}" : NumberIsLeft(node) ? $"{number} {Symbol(node)} {inputs[0]}" : $"{inputs[0]} {Symbol(node)} {number}";
    }

    /// <summary>Shapes that broadcast in each direction, and parameters of each rank, for an operator in a form that takes two tensors.</summary>
    protected static IEnumerable<Example> BroadcastExamples(Node node)
    {
        yield return Example.Of("maps", node, [2, 5, 3, 7], [2, 5, 3, 7]);
        yield return Example.Of("vectors", node, [3, 17], [3, 17]);
        yield return Example.Of("channels repeat", node, [2, 5, 3, 7], [2, 1, 3, 7]);
        yield return Example.Of("positions repeat", node, [2, 5, 1, 1], [2, 5, 3, 7]);
        yield return Example.Of("both repeat", node, [1, 33, 1, 5], [1, 1, 7, 1]);
        yield return Example.Of("rows", node, [2, 7, 11], [2, 7, 1]);
        yield return Example.Of("channel parameter", node, [2, 5, 3, 7]).With([5, 1, 1]);
        yield return Example.Of("frame parameter", node, [2, 5, 3, 7]).With([1, 5, 3, 7]);
        yield return Example.Of("last axis parameter", node, [2, 3, 17]).With([17]);
        yield return Example.Of("number parameter", node, [2, 1, 1, 1]).With([1]);
        yield return Example.Of("parameter is larger", node, [2, 1, 3, 1]).With([1, 18, 1, 5]);
    }
}
