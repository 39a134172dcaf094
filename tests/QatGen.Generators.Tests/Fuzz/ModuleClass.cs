using System.Text.RegularExpressions;

namespace QatGen.Generators.Tests.Fuzz;

/// <summary>A module class as it is written: its members, the statements of its constructor, and the constructor's parameters with what they are given.</summary>
internal sealed class ModuleClass(string name)
{
    public string Name { get; } = name;

    public List<string> Members { get; } = [];

    public List<string> Setup { get; } = [];

    /// <summary>The parameters of the constructor; the optional ones have what they are given as default.</summary>
    public List<(string Type, string Name, string Given, bool IsOptional)> Parameters { get; } = [];

    /// <summary>Nobody gives the parameters of a root, so nothing may be decided by them.</summary>
    public bool IsRoot { get; init; }

    /// <summary>It has a primary constructor, and so no statements in it.</summary>
    public bool IsPrimary { get; init; }

    public string Declaration => string.Join(", ", Ordered.Select(static p => $"{p.Type} {p.Name}{(p.IsOptional ? " = " + p.Given : "")}"));

    public IEnumerable<(string Type, string Name, string Given, bool IsOptional)> Ordered => Parameters.OrderBy(static p => p.IsOptional);

    /// <summary>Whether code reads a parameter.</summary>
    public bool Mentions(string code) => Parameters.Any(p => Regex.IsMatch(code, $@"\b{p.Name}\b"));
}
