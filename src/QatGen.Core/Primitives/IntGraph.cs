namespace QatGen.Primitives;

/// <summary>The integer program as data: nodes in execution order, constants, and which values are the outputs. The middle one of the three representations.</summary>
public sealed record IntGraph(Signature Signature, Seq<Constant> Constants, Seq<IntNode> Nodes, Seq<int> Outputs)
{
    /// <summary>Runs the program on any implementation of the primitives.</summary>
    public T[] Forward<T>(IPrimitives<T> p, T[] constants, T[] inputs)
    {
        var values = new List<T>(inputs);
        foreach (var node in Nodes)
        {
            p.Layer(node.Layer);
            values.Add(node.Apply(p, v => values[v], c => constants[c]));
        }

        return [.. Outputs.Select(o => values[o])];
    }

    /// <summary>Shape and type of every value (inputs, then nodes) for a batch size; throws with every violation found.</summary>
    public Fact[] Facts(int batch)
    {
        var checker = new FactChecker();
        var constants = Constants.Select(Fact.Of).ToArray();
        var values = Signature.Inputs.Select(i => Fact.Of(i.WithBatch(batch), i.DType)).ToList();
        foreach (var node in Nodes)
        {
            checker.Layer(node.Layer);
            values.Add(node.Apply(checker, v => values[v], c => constants[c]));
        }

        checker.ThrowIfBroken();
        var empty = values.FindIndex(static v => v.IsEmpty);
        return empty < 0 ? [.. values] : throw QatGenException.Of(ShapeRules.Empty, Name(empty), values[empty].ToString());

        string Name(int value) => value < Signature.Inputs.Count ? Signature.Inputs[value].Name : Nodes[value - Signature.Inputs.Count].Layer;
    }

    /// <summary>Throws unless every reference points backwards, every constant has the kind its node expects, and shapes and types agree with the signature.</summary>
    public void Verify()
    {
        for (var i = 0; i < Nodes.Count; i++)
        {
            var ready = Signature.Inputs.Count + i;
            if ((Nodes[i].Inputs.Count == 0 && Nodes[i] is not IntNode.Literal) || Nodes[i].Inputs.Any(v => v < 0 || v >= ready) || !ConstantsFit(Nodes[i]))
            {
                throw QatGenException.Of(FileRules.Malformed, Nodes[i].Layer, $"node {i} refers to a value or constant that is not there");
            }
        }

        if (Outputs.Count != Signature.Outputs.Count || Outputs.Any(o => o < 0 || o >= Signature.Inputs.Count + Nodes.Count))
        {
            throw QatGenException.Of(FileRules.Malformed, "", "the outputs do not match the signature");
        }

        var facts = Facts(1);
        for (var i = 0; i < Outputs.Count; i++)
        {
            if (facts[Outputs[i]] != Fact.Of(Signature.Outputs[i].WithBatch(1), Signature.Outputs[i].DType))
            {
                throw QatGenException.Of(FileRules.Malformed, "", $"output {i} is {facts[Outputs[i]]}, its signature says {Signature.Outputs[i].Shape}");
            }
        }
    }

    private bool ConstantsFit(IntNode node) => node switch
    {
        IntNode.Conv n => At(n.Weight) is WeightConstant w && At(n.Bias) is BiasConstant b && b.Values.Count == w.OutputChannels,
        IntNode.Rescale n => At(n.Constant) is RescaleConstant r && r.Terms == n.Terms.Count,
        IntNode.Concat n => At(n.Constant) is RescaleConstant r && r.LaneCount == n.Parts.Count,
        IntNode.Clamp n => At(n.Limits) is ClampConstant,
        IntNode.Move n => n.Fill == IntNode.Move.NoFill || At(n.Fill) is FillConstant,
        IntNode.GridSample n => At(n.Constant) is GridConstant,
        IntNode.Literal n => At(n.Tensor) is TensorConstant,
        IntNode.Elementwise n => n.Operands.Count == n.Kind.Operands()
            && (n.Kind.IsComparison() ? At(n.Numbers) is CompareConstant : n.Kind.IsRounding() ? At(n.Numbers) is ScaleConstant : At(n.Numbers) is RescaleConstant r && r.LaneCount == n.Operands.Count - n.Kind.FirstRescaled()),
        IntNode.Lut n => At(n.Table) is TableConstant,
        _ => true,
    };

    private Constant? At(int constant) => constant >= 0 && constant < Constants.Count ? Constants[constant] : null;
}
