using static QatGen.Generators.Tests.Incremental.Project;

namespace QatGen.Generators.Tests.Incremental;

/// <summary>Declarations that collide, as they do while a class is being copied or renamed: the generator must not fail, or it would emit nothing for any model.</summary>
public sealed class CollisionTests
{
    [Fact]
    public void Attribute_OnTwoParts_GivesTheFilesOnce() =>
        Assert.Equal(2, new Project().Run([Net(), "namespace Vision.Nets; [QatGen.QatModel(QatGen.March.Bayes)] partial class Net;"]).Count);

    [Fact]
    public void Class_DeclaredTwice_DoesNotFail() => Assert.True(new Project().Run([Net(), Net(width: "16")]).Count <= 2);

    [Fact]
    public void Classes_ThatDifferInCaseOnly_GiveFilesOfDifferentNames() =>
        Assert.Equal(4, new Project().Run([Net(), Net().Replace("class Net", "class NET", StringComparison.Ordinal).Replace("public Net()", "public NET()", StringComparison.Ordinal)]).Count);
}
