using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QatGen.Generators.Incremental;
using QatGen.Generators.Tests.Capture;
using static QatGen.Generators.Tests.Incremental.Project;

namespace QatGen.Generators.Tests.Incremental;

/// <summary>When a model is read again, and when it is not.</summary>
public sealed class SharingTests
{
    private const string Settings = "namespace Vision; public static class Settings { public const int Width = 8; }";
    private const string Other = "namespace Vision; public sealed class Other { public int Count { get; set; } public static int Width(int conv) => conv; }";

    [Theory]
    [InlineData("namespace Vision; public sealed class Other { private int _x; public int Count { get; set; } }")]
    [InlineData("namespace Vision; public sealed class Another;")]
    [InlineData("namespace Vision; public sealed class Other { public static int Width(int conv")]
    [InlineData("")]
    public void Reading_AfterAnUnrelatedEdit_IsTheSame(string edited)
    {
        var project = new Project();
        project.Run([Net(width: "Settings.Width"), Settings, Other]);
        var before = project.Read();
        project.Run([Net(width: "Settings.Width"), Settings, edited, "namespace Vision; internal class Added;"]);
        Assert.Same(before, project.Read());
    }

    [Fact]
    public void Reading_AfterAnEditOfWhatItMentions_IsNew()
    {
        var project = new Project();
        project.Run([Net(width: "Settings.Width"), Settings]);
        var before = project.Read();
        project.Run([Net(width: "Settings.Width"), Settings + "// a comment"]);
        Assert.NotSame(before, project.Read());
        Assert.Equal(before.Passed, project.Read().Passed);
    }

    [Theory]
    [InlineData("namespace Vision.Inner; internal class Empty;")]
    [InlineData("global using System.Text;")]
    [InlineData("[assembly: System.Reflection.AssemblyTitle(\"models\")]")]
    [InlineData("namespace System; internal class Unnamed;")]
    [InlineData("namespace Vision; internal static class Extensions { public static int Add(this object o, int x) => x; }")]
    [InlineData("namespace Vision; internal static class Extensions { extension(object) { public static object operator +(object a, string b) => b; } }")]
    [InlineData("namespace Vision; internal static class Extensions { extension(object o) { public int conv => 1; } }")]
    public void Reading_AfterWhatMayBindWithoutBeingNamed_IsNew(string added)
    {
        var project = new Project();
        string[] files = [Net(), "namespace Vision { internal class Present; } namespace System { internal class Present; }"];
        project.Run(files);
        var before = project.Read();
        project.Run([.. files, added]);
        Assert.NotSame(before, project.Read());
    }

    [Fact]
    public void Reading_InTheAnalyzersCompilation_IsTheGenerators()
    {
        var project = new Project();
        project.Run([Net(members: "private Net Self() => this;")]);
        var compilation = project.Generated();
        Assert.Equal(4, compilation.SyntaxTrees.Count());
        Assert.Same(project.Read(), ModelReader.Read(compilation.GetTypeByMetadataName("Vision.Nets.Net")!, compilation, CancellationToken.None));
    }

    /// <summary>Whichever of the two reads first, a model that uses generated code is the same to both.</summary>
    [Fact]
    public void Reading_ThatOnlyTheAnalyzerMade_DoesNotSeeGeneratedCode()
    {
        var project = new Project();
        project.Run([Net()]);
        var generated = project.Generated().SyntaxTrees.Where(NameIndex.IsOurs);
        CSharpCompilation Uses() => project.Compilation.ReplaceSyntaxTree(
            project.Compilation.SyntaxTrees[0], CSharpSyntaxTree.ParseText(Net("return ToQat() is { } qat ? conv.call(x) : x;"), GeneratorRun.Options, "Net.cs"));
        ModelReading Read(Compilation compilation) => ModelReader.Read(compilation.GetTypeByMetadataName("Vision.Nets.Net")!, compilation, CancellationToken.None);
        IEnumerable<string> Found(ModelReading reading) => reading.Captured.Violations.Select(static v => $"{v.Violation} at {v.Location.GetLineSpan()}");
        var uses = Uses();
        var analyzed = Read(uses.AddSyntaxTrees(generated));
        Assert.Empty(analyzed.Passed);
        Assert.Same(analyzed, Read(uses));
        Assert.Equal(Found(Read(Uses())), Found(analyzed));
    }

    [Fact]
    public void Readings_OfTwoModelsInAFile_AreKeptApart()
    {
        var project = new Project();
        project.Run([Net() + "\n" + Net()[Net().IndexOf("[QatModel", StringComparison.Ordinal)..].Replace("Net", "Second", StringComparison.Ordinal)]);
        var (first, second) = (project.Read(), project.Read("Vision.Nets.Second"));
        Assert.NotSame(first, second);
        Assert.Same(first, project.Read());
        Assert.Same(second, project.Read("Vision.Nets.Second"));
    }

    [Fact]
    public void Edit_OfOneModel_EmitsThatModelOnly()
    {
        var project = new Project();
        string Other(string width) => Net(width: width).Replace("Net", "Other", StringComparison.Ordinal);
        var before = project.Run([Net(), Other("8")]);
        var after = project.Run([Net(), Other("16")]);
        // Its files, and the constant for other projects.
        Assert.Equal(2, project.Emissions);
        Assert.NotEqual(before["Vision.Others.Other.Qat.g.cs"], after["Vision.Others.Other.Qat.g.cs"]);
    }

    /// <summary>A long session in an editor makes a compilation per keystroke; one in use and those that the driver holds may live, no more.</summary>
    [Fact]
    public void Compilations_OfEarlierEdits_AreCollected()
    {
        var project = new Project();
        var seen = Edit(project, 20);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.InRange(seen.Count(static c => c.IsAlive), 0, 3);
        Assert.NotNull(project.Read());
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static List<WeakReference> Edit(Project project, int times)
    {
        var seen = new List<WeakReference>();
        for (var i = 0; i < times; i++)
        {
            project.Run([Net(), $"internal class Other{i};"]);
            project.Read();
            seen.Add(new(project.Compilation));
        }

        return seen;
    }

    /// <summary>A symbol, tree or location in the pipeline would keep a whole compilation alive and dirty every step.</summary>
    [Fact]
    public void Steps_FromModelsOn_HoldNothingOfTheCompilation()
    {
        var driver = GeneratorRun.Driver().RunGenerators(GeneratorRun.Compile(CaptureHarness.Sample("Net"), CaptureHarness.Sample("ResidualBlock"), GeneratorRun.Usings));
        var result = driver.GetRunResult().Results.Single();
        IncrementalGeneratorRunStep[] models = [.. result.TrackedSteps[QatGenerator.ModelsStep], .. result.TrackedSteps[QatGenerator.BlocksStep]];
        var following = new HashSet<IncrementalGeneratorRunStep>(models);
        bool Follows(IncrementalGeneratorRunStep step) => following.Contains(step) || (step.Inputs.Count(i => Follows(i.Source)) > 0 && following.Add(step));
        Assert.All(result.TrackedOutputSteps.SelectMany(static s => s.Value), s => Assert.True(Follows(s)));
        Assert.True(following.Count >= models.Length + 2);
        Assert.All(following.SelectMany(static s => s.Outputs), static o => AssertFree(o.Value, new(ReferenceEqualityComparer.Instance)));
    }

    private static void AssertFree(object? value, HashSet<object> seen)
    {
        if (value is null or string or Type or MemberInfo || value.GetType().IsPrimitive || !seen.Add(value))
        {
            return;
        }

        Assert.False(value is ISymbol or Microsoft.CodeAnalysis.Compilation or SyntaxNode or SyntaxTree or SemanticModel or Location, $"The pipeline holds a {value.GetType()}.");
        foreach (var item in value as System.Collections.IEnumerable ?? Array.Empty<object>())
        {
            AssertFree(item, seen);
        }

        foreach (var field in value.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            AssertFree(field.GetValue(value), seen);
        }
    }
}
