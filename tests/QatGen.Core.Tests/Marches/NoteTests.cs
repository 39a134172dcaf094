using QatGen.Operators;

namespace QatGen.Core.Tests.Marches;

/// <summary>What the toolkits say of operators: each row is tried on the operator's own examples.</summary>
public sealed class NoteTests
{
    private static readonly DType[] Types = [DType.QInt8, DType.QInt16];

    public static IEnumerable<object[]> Rows =>
        from op in Catalogue.All
        from note in op.MarchNotes
        where note.IsRefused || note.Limit is not null
        from march in note.Marches
        select new object[] { op.Name, note.Text, march };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Note_RefusesWhatItSays_AndNothingElse(string name, string text, March march)
    {
        var op = Catalogue.Get(name);
        var note = op.MarchNotes.Single(n => n.Text == text && n.Marches.Contains(march));
        var uses = (from e in op.Examples() from isOutput in new[] { false, true } from type in Types select new OperatorUse(e.Node, isOutput, e.InputShapes.Select(_ => type).ToSeq())).ToArray();
        var found = uses.Select(u => note.Check(march, u).Select(static v => v.Rule).SingleOrDefault()).ToArray();
        var expected = note.IsRefused ? MarchRules.Primitive : MarchRules.Limit;
        Assert.Contains(expected, found);
        Assert.All(found, r => Assert.True(r == expected || (r is null && !note.IsRefused)));
        Assert.True(note.IsRefused || found.Contains(null), $"{name}: no example keeps '{text}'");
        Assert.All(Enum.GetValues<March>().Except(note.Marches), m => Assert.All(uses, u => Assert.Empty(note.Check(m, u))));
    }
}
