using QatGen.Arithmetic;

namespace QatGen.Graphs;

/// <summary>What becomes of a node's result.</summary>
public enum OutputKind
{
    /// <summary>It keeps its input's scale.</summary>
    SameAsInput,

    /// <summary>It is quantized with a scale of its own.</summary>
    Quantized,

    /// <summary>It stays an int32 accumulator (high-precision output).</summary>
    HighPrecision,
}

/// <summary>
/// An operator call. <paramref name="Path"/> is the module's name in <c>named_modules()</c>, or a generated one for functions. Values are numbered: the graph's inputs first, then
/// each node's result. A call that no operator claims has the name that the user wrote as <paramref name="Operator"/>. <see cref="Absorbed"/> are the nodes fused into this one, in execution order: batch norm, add, activation.
/// </summary>
public sealed record Node(string Operator, string Path, Form Form, Seq<int> Inputs, AttributeMap Attributes)
{
    public Seq<Node> Absorbed { get; init; } = Seq<Node>.Empty;

    /// <summary>Values of which arguments read only sizes; in arguments they are numbered behind the inputs. Empty once sizes are numbers.</summary>
    public Seq<int> Sized { get; init; } = Seq<int>.Empty;

    /// <summary>What becomes of the result; before that is decided what [HighPrecisionOutput] asks, where <see cref="OutputKind.SameAsInput"/> is nothing.</summary>
    public OutputKind Output { get; init; }

    /// <summary>What the composite operator says that the node was expanded from; null for a node that the user wrote.</summary>
    public Part? Part { get; init; }

    /// <summary>The module's own path: that of a later call of the same module has the number of the call behind it.</summary>
    public string ModulePath => Path.Split('#')[0];

    /// <summary>The name of the weights in the float model.</summary>
    public string WeightName => Part is { Weight.Length: > 0 } part ? part.Weight : ModulePath + ".weight";

    /// <summary>The name of the bias in the float model.</summary>
    public string BiasName => Part is { Weight.Length: > 0 } part ? part.Bias : ModulePath + ".bias";

    /// <summary>Whether no operator of the catalogue claims the call: it holds all its arguments and can be printed in float, but not lowered.</summary>
    public bool IsOpaque => !Operators.Catalogue.Contains(Operator);

    /// <summary>The interval of the fused activation, if there is one.</summary>
    public ClampRange Range => Absorbed.Select(static a => Operators.Catalogue.Get(a.Operator).Activation).FirstOrDefault(static r => r is not null) ?? ClampRange.None;

    public Node? Find(Operators.Fusion fusion) => Absorbed.FirstOrDefault(a => Operators.Catalogue.Get(a.Operator).Fusion == fusion);

    /// <summary>The name of the fused operator: ConvBnAddReLU2d.</summary>
    public string FusedName
    {
        get
        {
            var suffix = Operator.EndsWith("d", StringComparison.Ordinal) && char.IsDigit(Operator[Operator.Length - 2]) && Absorbed.Count > 0 ? Operator.Substring(Operator.Length - 2) : "";
            var parts = Absorbed.Select(static a => Operators.Catalogue.Get(a.Operator).ShortName);
            return Operator.Substring(0, Operator.Length - suffix.Length) + string.Concat(parts) + suffix;
        }
    }
}
