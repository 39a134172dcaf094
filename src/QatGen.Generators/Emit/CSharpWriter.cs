using System.Text;

namespace QatGen.Generators.Emit;

/// <summary>Writes indented C# with "\n" line ends.</summary>
internal sealed class CSharpWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>Writes each line of a text at the current depth; empty lines stay empty.</summary>
    public CSharpWriter Lines(string text)
    {
        foreach (var line in text.Replace("\r\n", "\n").Split('\n'))
        {
            if (line.Length > 0)
            {
                _text.Append(' ', _depth * 4).Append(line);
            }

            _text.Append('\n');
        }

        return this;
    }

    public CSharpWriter Line() => Lines("");

    /// <summary>Writes a header, then <paramref name="body"/> between braces.</summary>
    public CSharpWriter Block(string header, Action body)
    {
        Lines(header).Lines("{");
        _depth++;
        body();
        _depth--;
        return Lines("}");
    }

    public override string ToString() => _text.ToString();
}
