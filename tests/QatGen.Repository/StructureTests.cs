using System.Xml.Linq;

namespace QatGen.Repository;

public sealed class StructureTests
{
    [Theory]
    [InlineData("QatGen.Core")]
    [InlineData("QatGen.Generators", "QatGen.Core")]
    [InlineData("QatGen.Torch", "QatGen.Core")]
    [InlineData("QatGen.Kernels", "QatGen.Core")]
    [InlineData("QatGen.Bpu", "QatGen.Core")]
    public void Project_References_AreAStarAroundCore(string project, params string[] expected)
    {
        var file = XDocument.Load(Path.Combine(Root.Folder, "src", project, project + ".csproj"));
        Assert.Equal(expected, file.Descendants("ProjectReference").Select(static r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/'))));
    }

    [Fact]
    public void Sources_AreAtMost400Lines() =>
        Assert.Empty(Root.Sources("src", "tests", "samples").Where(static f => File.ReadLines(f).Count() > 400).Select(Root.Relative));

    [Fact]
    public void Sources_HoldNothingUnfinished() =>
        Assert.Empty(Root.Sources("src", "samples").Where(static f => File.ReadAllText(f) is var text && (text.Contains("NotImplemented", StringComparison.Ordinal) || text.Contains("TO" + "DO", StringComparison.Ordinal))).Select(Root.Relative));

    /// <summary>Targets implement primitives; only Core may tell operators apart by name.</summary>
    [Fact]
    public void OperatorNames_AreNotComparedOutsideCore()
    {
        var names = Operators.Catalogue.All.Select(static o => $"\"{o.Name}\"").ToArray();
        var suspects = Root.Sources("src").Where(static f => !Root.Relative(f).StartsWith("src/QatGen.Core/", StringComparison.Ordinal));
        Assert.Empty(suspects.Where(f => File.ReadAllText(f) is var text && names.Any(n => text.Contains("Operator == " + n, StringComparison.Ordinal) || text.Contains("case " + n, StringComparison.Ordinal))).Select(Root.Relative));
    }

    [Fact]
    public void Simulator_AndKernels_ShareNoCodeButCore()
    {
        Assert.DoesNotContain(Root.Sources("src/QatGen.Bpu"), static f => File.ReadAllText(f).Contains("QatGen.Kernels", StringComparison.Ordinal));
        Assert.DoesNotContain(Root.Sources("src/QatGen.Kernels"), static f => File.ReadAllText(f).Contains("QatGen.Bpu", StringComparison.Ordinal));
    }
}
