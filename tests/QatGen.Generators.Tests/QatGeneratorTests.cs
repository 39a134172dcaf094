using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace QatGen.Generators.Tests;

public sealed class QatGeneratorTests
{
    private const string Qat = "QuickStart.Net.Qat.g.cs";
    private const string FixedPoint = "QuickStart.Net.FixedPoint.g.cs";

    [Fact]
    public void Qat_OfQuickStart_IsAccepted() => Snapshot.Match(Generate(GeneratorRun.QuickStart())[Qat]);

    [Fact]
    public void FixedPoint_OfQuickStart_IsAccepted() => Snapshot.Match(Generate(GeneratorRun.QuickStart())[FixedPoint]);

    [Fact]
    public void Files_OfQuickStart_CompileWithoutAnyWarning()
    {
        GeneratorRun.Driver().RunGeneratorsAndUpdateCompilation(GeneratorRun.Compile(GeneratorRun.QuickStart()), out var compilation, out _);
        Assert.Empty(compilation.GetDiagnostics().Where(static d => d.Severity != DiagnosticSeverity.Hidden));
    }

    /// <summary>Every rule of the .NET analyzers as a warning, as under AnalysisLevel latest-all.</summary>
    [Fact]
    public async Task Files_OfQuickStart_HaveNoWarningUnderTheStrictestAnalysis()
    {
        GeneratorRun.Driver().RunGeneratorsAndUpdateCompilation(GeneratorRun.Compile(GeneratorRun.QuickStart()), out var compilation, out _);
        var analyzers = GeneratorRun.NetAnalyzers();
        Assert.True(analyzers.Length > 100);
        var strict = analyzers.SelectMany(static a => a.SupportedDiagnostics).Select(static d => d.Id).Distinct().ToDictionary(static id => id, static _ => ReportDiagnostic.Warn);
        var found = await compilation.WithOptions(compilation.Options.WithSpecificDiagnosticOptions(strict)).WithAnalyzers(analyzers).GetAnalyzerDiagnosticsAsync();
        Assert.NotEmpty(found);
        Assert.Empty(found.Where(static d => d.Location.SourceTree?.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) == true));
    }

    [Fact]
    public void Files_OfTwoRuns_AreTheSameBytes() => Assert.Equal(Generate(GeneratorRun.QuickStart()), Generate(GeneratorRun.QuickStart()));

    [Fact]
    public void Edit_OfAnUnrelatedFile_LeavesEveryOutputCached()
    {
        var compilation = GeneratorRun.Compile([.. GeneratorRun.QuickStart(), "internal class Other { }"]);
        var driver = GeneratorRun.Driver().RunGenerators(compilation);
        driver = driver.RunGenerators(Replace(compilation, 3, "internal class Other { private int _a; }"));
        AssertCached(driver);
    }

    [Fact]
    public void Edit_ThatMovesLines_LeavesEveryOutputCached()
    {
        var sources = GeneratorRun.QuickStart();
        var compilation = GeneratorRun.Compile(sources);
        var driver = GeneratorRun.Driver().RunGenerators(compilation);
        driver = driver.RunGenerators(Replace(compilation, 0, "// a comment\n\n" + sources[0]));
        AssertCached(driver);
    }

    [Fact]
    public void Edit_OfABlock_ChangesTheModel()
    {
        var sources = GeneratorRun.QuickStart();
        var compilation = GeneratorRun.Compile(sources);
        var driver = GeneratorRun.Driver().RunGenerators(compilation);
        var before = driver.Files()[Qat];
        driver = driver.RunGenerators(Replace(compilation, 1, sources[1].Replace("kernel_size: 3, padding: 1", "kernel_size: 5, padding: 2", StringComparison.Ordinal)));
        Assert.NotEqual(before, driver.Files()[Qat]);
    }

    [Theory]
    [InlineData("kernel_size: 3, padding: 1", "kernel_size: , padding 1")]
    [InlineData("public override Tensor forward(Tensor x)", "public override Tensor forward(Tensor")]
    [InlineData("partial class", "class")]
    public void BrokenSource_GivesNoFileAndNoException(string text, string broken)
    {
        var result = GeneratorRun.Driver().RunGenerators(GeneratorRun.Compile([.. GeneratorRun.QuickStart().Select(s => s.Replace(text, broken, StringComparison.Ordinal))])).GetRunResult().Results.Single();
        Assert.Null(result.Exception);
        Assert.Empty(result.GeneratedSources);
    }

    private static Dictionary<string, string> Generate(params string[] sources) => GeneratorRun.Driver().RunGenerators(GeneratorRun.Compile(sources)).Files();

    private static CSharpCompilation Replace(CSharpCompilation compilation, int tree, string text) =>
        compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[tree], CSharpSyntaxTree.ParseText(text, GeneratorRun.Options, compilation.SyntaxTrees[tree].FilePath));

    private static void AssertCached(GeneratorDriver driver)
    {
        var result = driver.GetRunResult().Results.Single();
        var models = result.TrackedSteps[QatGenerator.ModelsStep].SelectMany(static s => s.Outputs).ToArray();
        var outputs = result.TrackedOutputSteps.SelectMany(static s => s.Value).SelectMany(static s => s.Outputs).ToArray();
        Assert.NotEmpty(models);
        Assert.NotEmpty(outputs);
        Assert.All(models, static o => Assert.True(o.Reason is IncrementalStepRunReason.Unchanged or IncrementalStepRunReason.Cached, o.Reason.ToString()));
        Assert.All(outputs, static o => Assert.Equal(IncrementalStepRunReason.Cached, o.Reason));
    }
}
