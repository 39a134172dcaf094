namespace QatGen.Graphs;

/// <summary>
/// A module class as models of other projects see it: what each of its constructors builds, under each outcome of the conditions that decide its structure.
/// <see cref="ToText"/> is the constant that its assembly carries.
/// </summary>
public sealed record Block(Seq<BlockVariant> Variants)
{
    /// <summary>The name of the constant in the class.</summary>
    public const string ConstantName = "QatGraph";

    private const string ConstructorName = "#ctor";

    /// <summary>The parameter list in the documentation comment identifier of a constructor, which names it in every project.</summary>
    public static string ConstructorOf(string identifier) => identifier.Substring(identifier.IndexOf(ConstructorName, StringComparison.Ordinal) + ConstructorName.Length);

    /// <summary>What the constructor of this documentation comment identifier builds, in each variant; empty when it is not known.</summary>
    public IEnumerable<BlockVariant> Find(string identifier) => Variants.Where(v => v.Constructor == ConstructorOf(identifier));

    public string ToText() => RecordText.Write(this);

    /// <summary>Reads and verifies what <see cref="ToText"/> wrote.</summary>
    /// <exception cref="FormatException">The text is damaged or of another version.</exception>
    public static Block Parse(string text)
    {
        var block = RecordText.Read<Block>(text);
        foreach (var variant in block.Variants)
        {
            variant.Verify();
        }

        return block;
    }
}
