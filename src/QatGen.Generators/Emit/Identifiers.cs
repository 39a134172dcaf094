using Microsoft.CodeAnalysis.CSharp;

namespace QatGen.Generators.Emit;

/// <summary>Turns module paths into C# identifiers, each used once: <c>layer1.0.conv1</c> becomes <c>layer1_0_conv1</c>.</summary>
internal sealed class Identifiers(params string[] reserved)
{
    private readonly HashSet<string> _used = new(reserved, StringComparer.Ordinal);

    public string Unique(string path)
    {
        var name = new string([.. path.Select(static c => SyntaxFacts.IsIdentifierPartCharacter(c) ? c : '_')]);
        if (name.Length == 0 || !SyntaxFacts.IsIdentifierStartCharacter(name[0]))
        {
            name = "_" + name;
        }

        if (SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None)
        {
            name += "_";
        }

        var unique = name;
        for (var i = 2; !_used.Add(unique); i++)
        {
            unique = name + "_" + i.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return unique;
    }
}
