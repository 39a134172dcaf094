using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>Elements of an axis at computed positions, which stay below its size; keeps the scale.</summary>
internal abstract class GatherOperator(string name, string function, string index, bool repeats) : Operator(name)
{
    public override Seq<Form> Forms => new(new(FormKind.Torch, function), new(FormKind.Method, function));

    public override Seq<string> Structural => new("dim");

    public override int IndexOperand => 1;

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Inputs.Count != 2 || node.Integer("dim", 0) == 0)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "arguments", node.Attributes.ToString(), "an axis other than the batch and a tensor of positions");
        }
    }

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.Gather(inputs[0], inputs[1], new((int)node.Integer("dim", 0), repeats));

    public override string FloatCall(Node node, string module, string[] inputs)
    {
        var arguments = $"dim: {node.Attributes["dim"]!.ToCode(i => inputs[i])}, {index}: {inputs[1]}";
        return node.Form.Kind == FormKind.Method ? $"{inputs[0]}.{function}({arguments})" : $"torch.{function}({inputs[0]}, {arguments})";
    }

    protected Node Along(int axis) => new(Name, "picked", new(FormKind.Torch, function), new(0, 1), new() { ["dim"] = axis });
}

/// <summary>Each element of the index picks one beside it; where the index is smaller, of the first.</summary>
internal sealed class Gather() : GatherOperator("Gather", "gather", "index", repeats: false)
{
    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("channels", Along(1), [2, 5, 3, 7], [2, 4, 3, 7]);
        yield return Example.Of("columns", Along(-1), [2, 5, 3, 7], [2, 5, 3, 9]);
        yield return Example.Of("rows of a part", Along(2), [1, 33, 4, 5], [1, 17, 6, 2]);
        yield return Example.Of("one pixel", Along(1), [1, 1, 1, 1], [1, 1, 1, 1]);
        yield return Example.Of("vector", Along(1), [3, 37], [3, 5]);
        yield return Example.Of("tokens", Along(1), [2, 9, 21], [2, 4, 21]);
        yield return Example.Of("5-D", Along(3), [2, 3, 2, 5, 3], [2, 3, 2, 4, 3]);
    }
}

/// <summary>As gather, where data and index repeat over each other on the other axes.</summary>
internal sealed class TakeAlongDim() : GatherOperator("TakeAlongDim", "take_along_dim", "indices", repeats: true)
{
    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("index repeats", Along(1), [2, 5, 3, 7], [2, 4, 1, 1]);
        yield return Example.Of("data repeats", Along(-1), [2, 1, 3, 7], [2, 5, 3, 2]);
        yield return Example.Of("tokens", Along(1), [2, 9, 21], [2, 4, 1]);
    }
}

/// <summary>The same positions of every frame, which a buffer holds; keeps the scale.</summary>
internal sealed class IndexSelect() : GatherOperator("IndexSelect", "index_select", "index", repeats: true)
{
    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("channels", Along(1), [2, 5, 3, 7]).With([4]);
        yield return Example.Of("columns", Along(-1), [2, 5, 3, 7]).With([11]);
        yield return Example.Of("rows", Along(-2), [1, 17, 4, 5]).With([3]);
        yield return Example.Of("vector", Along(1), [3, 37]).With([8]);
        yield return Example.Of("5-D", Along(3), [2, 3, 2, 5, 3]).With([2]);
    }
}
