using System.Text.RegularExpressions;
using QatGen.Graphs;

namespace QatGen.Torch;

/// <summary>Which operators or inputs of a model are meant. A selector that selects nothing is an error where it is used.</summary>
public sealed record Selector
{
    private Selector(string kind, string name) => (Kind, Name) = (kind, name);

    /// <summary>Every operator and input.</summary>
    public static Selector All { get; } = new("everything", "");

    /// <summary>Every operator on the way from the grid of a grid_sample back to the first convolution, product of matrices or input, with that one.</summary>
    public static Selector Grids { get; } = new("grids", "");

    private string Kind { get; }

    private string Name { get; }

    /// <summary>The operator at a path of <c>named_modules()</c>; of a fused one that of the first part, or of any part.</summary>
    public static Selector Path(string path) => new("layer", path);

    /// <summary>The operators at a path and below it.</summary>
    public static Selector Under(string path) => new("subtree", path);

    /// <summary>Every call of an operator, such as <c>Conv2d</c>.</summary>
    public static Selector Operator(string name) => new("operator", name);

    /// <summary>The operators whose path a pattern with <c>*</c> (any characters) and <c>?</c> (one) fits.</summary>
    public static Selector Like(string pattern) => new("pattern", pattern);

    /// <summary>An input by the name of <c>forward</c>'s parameter.</summary>
    public static Selector Input(string name) => new("input", name);

    /// <summary>A rule that gives the outputs of what is selected a type.</summary>
    public QRule To(DType type) => new(this) { Activation = new() { DType = type } };

    public override string ToString() => Name.Length == 0 ? Kind : $"{Kind} '{Name}'";

    /// <summary>Whether the model's connections decide.</summary>
    internal bool IsGrids => this == Grids;

    internal bool Selects(Node node) => Kind switch
    {
        "layer" => Paths(node).Contains(Name),
        "subtree" => Paths(node).Any(p => p == Name || p.StartsWith(Name + ".", StringComparison.Ordinal)),
        "everything" => true,
        "operator" => node.Operator == Name || node.Part?.ResultOf == Name,
        "pattern" => Paths(node).Any(p => Regex.IsMatch(p, $"^{Regex.Escape(Name).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal)}$")),
        _ => false,
    };

    internal bool SelectsInput(string name) => Kind == "everything" || (Kind == "input" && name == Name);

    private static IEnumerable<string> Paths(Node node) => [node.Path, .. node.Absorbed.Select(static a => a.Path)];
}
