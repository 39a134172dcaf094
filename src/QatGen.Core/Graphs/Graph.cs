namespace QatGen.Graphs;

/// <summary>An input of the model: name, NCHW shape (empty when not given), fixed scale (0: observed) and the type it is quantized to.</summary>
public sealed record GraphInput(string Name, Seq<int> Shape, double FixedScale, DType DType = DType.QInt8)
{
    /// <summary>Whether it is a bool tensor, 0 and 1 in the program: nothing but masks reads it.</summary>
    public bool IsMask { get; init; }
}

/// <summary>
/// A model as operator calls in execution order: value-equal, without symbols or locations. The first of the three representations. <paramref name="Type"/> is the model class and
/// <paramref name="IsPublic"/> its accessibility, which the generated classes share.
/// </summary>
public sealed record Graph(string Namespace, string Type, March March, Seq<GraphInput> Inputs, Seq<Node> Nodes, Seq<int> Outputs, bool IsPublic = true)
{
    /// <summary>The variant that [ModelArgs] names; empty: the only or unnamed one.</summary>
    public string Variant { get; init; } = "";

    /// <summary>The name before Qat and FixedPoint.</summary>
    public string Name => Type + Variant;

    /// <summary>The parameters of <c>forward</c> where one holds several tensors; empty: each input is a parameter.</summary>
    public Seq<GraphParameter> Parameters { get; init; } = Seq<GraphParameter>.Empty;

    /// <summary>How <c>forward</c> returns the outputs.</summary>
    public TensorForm Returns { get; init; } = TensorForm.Single;

    /// <summary>The return type of <c>forward</c> as C#, where <c>TorchSharp</c> and <c>System.Collections.Generic</c> are imported.</summary>
    public string ReturnType { get; init; } = "torch.Tensor";

    /// <summary>What [Quantize] says of operators, the more general first.</summary>
    public Seq<QuantizeSetting> Settings { get; init; } = Seq<QuantizeSetting>.Empty;

    /// <summary>What [HighPrecisionOutput] asks for the model's outputs; <see cref="OutputKind.SameAsInput"/> is nothing.</summary>
    public OutputKind OutputsAsked { get; init; }

    /// <summary>The node that computes a value; null for an input.</summary>
    public Node? Producer(int value) => value < Inputs.Count ? null : Nodes[value - Inputs.Count];

    /// <summary>How often each value is read, by nodes and as an output.</summary>
    public int[] CountUses()
    {
        var uses = new int[Inputs.Count + Nodes.Count];
        foreach (var value in Nodes.SelectMany(static n => n.Inputs).Concat(Outputs))
        {
            uses[value]++;
        }

        return uses;
    }

    /// <summary>Our own mistake if it fails: values must be computed before they are read, and paths must be unique.</summary>
    public void Verify()
    {
        for (var i = 0; i < Nodes.Count; i++)
        {
            if (Nodes[i].Inputs.Concat(Nodes[i].Sized).Any(v => v < 0 || v >= Inputs.Count + i))
            {
                throw new InvalidOperationException($"Node '{Nodes[i].Path}' of {Type} reads a value that is not computed yet.");
            }
        }

        var twice = Nodes.GroupBy(static n => n.Path).FirstOrDefault(static g => g.Count() > 1);
        if (twice is not null || Outputs.Any(o => o < 0 || o >= Inputs.Count + Nodes.Count))
        {
            throw new InvalidOperationException($"{Type}: path '{twice?.Key}' stands twice or an output does not exist.");
        }
    }

    /// <summary>One line per node, for tests and messages.</summary>
    public override string ToString()
    {
        var lines = Nodes.Select((n, i) => $"%{i + Inputs.Count} = {n.FusedName}[{n.Path}]({string.Join(", ", n.Inputs.Select(static v => "%" + v))})");
        return string.Join("\n", [.. lines, "return " + string.Join(", ", Outputs.Select(static o => "%" + o))]);
    }
}
