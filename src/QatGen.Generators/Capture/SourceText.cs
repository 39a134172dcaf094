using Microsoft.CodeAnalysis;

namespace QatGen.Generators.Capture;

/// <summary>Source as it is quoted in messages.</summary>
internal static class SourceText
{
    private const int Longest = 60;

    public static string Of(IOperation operation) => Of(operation.Syntax);

    public static string Of(Location location) => location.SourceTree is { } tree ? Of(tree.GetRoot().FindNode(location.SourceSpan, getInnermostNodeForTie: true)) : "a call";

    public static string Of(SyntaxNode node)
    {
        var text = string.Join(" ", node.ToString().Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= Longest ? text : text.Substring(0, Longest - 3) + "...";
    }
}
