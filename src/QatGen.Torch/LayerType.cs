using QatGen.Graphs;

namespace QatGen.Torch;

/// <summary>
/// The type of some activations, against the configuration's own: those of one layer by its path, of every layer of one operator, or one input. A layer without a scale of its own has its input's type.
/// </summary>
public sealed record LayerType
{
    private LayerType(string kind, string name, DType type) => (Kind, Name, DType) = (kind, name, type);

    /// <summary>The type asked for: qint8 or qint16.</summary>
    public DType DType { get; }

    private string Kind { get; }

    private string Name { get; }

    /// <summary>The output of the layer at a path of <c>named_modules()</c>; of a fused layer that of the first part, or of any part.</summary>
    public static LayerType OfPath(string path, DType type) => new("layer", path, type);

    /// <summary>The outputs of all layers of an operator, such as <c>Conv2d</c>.</summary>
    public static LayerType OfOperator(string name, DType type) => new("operator", name, type);

    /// <summary>An input by the name of <c>forward</c>'s parameter.</summary>
    public static LayerType OfInput(string name, DType type) => new("input", name, type);

    public override string ToString() => $"{Kind} '{Name}' to {DType.Name()}";

    internal bool Selects(Node node) => Kind switch
    {
        "layer" => node.Path == Name || node.Absorbed.Any(a => a.Path == Name),
        "operator" => node.Operator == Name || node.Part?.ResultOf == Name,
        _ => false,
    };

    internal bool SelectsInput(string name) => Kind == "input" && name == Name;
}
