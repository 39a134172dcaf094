namespace QatGen.Core.Tests;

public sealed class RulesTests
{
    [Fact]
    public void All_EveryRule_HasAnIdentifierOfItsOwnAndARemedy()
    {
        Assert.Equal(Rules.All.Count, Rules.All.Select(static r => r.Id).Distinct().Count());
        Assert.All(Rules.All, static r =>
        {
            Assert.Matches("^QG[1-6][0-9]{3}$", r.Id);
            Assert.NotEmpty(r.Remedy);
            Assert.False(r.Message.EndsWith('.') || r.Remedy.EndsWith('.'));
        });
    }
}
