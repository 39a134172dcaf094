using QatGen.Marches;

namespace QatGen.Operators;

/// <summary>
/// What the toolkit of some marches says of an operator beyond what their hardware does: it refuses the operator, takes it only so, or warns of its accuracy. A note may only narrow.
/// Sources are the operator tables of the toolkit's manual.
/// </summary>
public sealed record MarchNote(Seq<March> Marches, string Text, Limit<OperatorUse>? Limit = null, bool IsRefused = false)
{
    public static MarchNote Refused(Seq<March> marches) => new(marches, "not taken", IsRefused: true);

    public static MarchNote Only(Seq<March> marches, Limit<OperatorUse> limit) => new(marches, "only with " + limit.Text, limit);

    /// <summary>Takes a first input of one type alone, as the source says types.</summary>
    public static MarchNote Reads(Seq<March> marches, DType type) =>
        Only(marches, new($"a {type.Name()} input", u => u.Types.Take(1).All(t => t == type), static u => $"a {u.Types[0].Name()} input"));

    /// <summary>What a march does otherwise than the source says; documentation only.</summary>
    public static MarchNote Does(Seq<March> marches, string text) => new(marches, text);

    /// <summary>A known risk for accuracy; documentation only.</summary>
    public static MarchNote Risk(Seq<March> marches, string text) => new(marches, "accuracy risk: " + text);

    /// <summary>What the notes of an operator find wrong with the types of a call's inputs on a march, and with nothing else of it.</summary>
    public static IEnumerable<Violation> OfTypes(March march, Graphs.Node node, Seq<DType> types)
    {
        var (use, untyped) = (new OperatorUse(node, IsOutputOnly: true, types), new OperatorUse(node, IsOutputOnly: true, Seq<DType>.Empty));
        return Catalogue.Get(node.Operator).MarchNotes.Where(n => n.Limit is not null && !n.Check(march, untyped).Any()).SelectMany(n => n.Check(march, use));
    }

    /// <summary>What the note finds wrong with a call on a march.</summary>
    public IEnumerable<Violation> Check(March march, OperatorUse use)
    {
        var name = MarchSpec.Get(march).DisplayName;
        if (!Marches.Contains(march))
        {
            yield break;
        }

        if (IsRefused)
        {
            yield return Violation.Of(MarchRules.Primitive, use.Node.Path, name, use.Node.Operator);
        }
        else if (Limit is { } limit && !limit.Holds(use))
        {
            yield return Violation.Of(MarchRules.Limit, use.Node.Path, name, use.Node.Operator, limit.Text, limit.Actual(use));
        }
    }
}
