using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QatGen.Generators.Tests.Capture;
using QatGen.Graphs;

namespace QatGen.Generators.Tests;

/// <summary>What the generator emits for [QatBlock].</summary>
public sealed class BlockGeneratorTests
{
    private static readonly string Source = Library.Source("""
        [QatBlock]
        internal sealed partial class Block : Module<Tensor, Tensor>
        {
            private readonly Conv2d conv;
            public Block(int width, int stride = 2) : base("block") { conv = Conv2d(4, width / 2, 3, stride); RegisterComponents(); }
            public override Tensor forward(Tensor x) => conv.call(x);
        }
        """);

    [Fact]
    public void Graph_OfABlock_IsAccepted() => Snapshot.Match(Assert.Single(GeneratorRun.Driver().RunGenerators(GeneratorRun.Compile(Source, GeneratorRun.Usings)).Files()).Value);

    [Fact]
    public void Graph_OfAModel_IsThatOfTheModel()
    {
        GeneratorRun.Driver().RunGeneratorsAndUpdateCompilation(GeneratorRun.Compile(GeneratorRun.QuickStart()), out var compilation, out _);
        var constant = (string)compilation.GetTypeByMetadataName("QuickStart.Net")!.GetMembers(Block.ConstantName).OfType<IFieldSymbol>().Single().ConstantValue!;
        Assert.Equal(CaptureHarness.Capture(compilation, "Net").Graph, Assert.Single(Block.Parse(constant).Variants).Graph);
    }

    [Theory]
    [InlineData("// a comment\n", "", "", true)]
    [InlineData("", "width / 2", "width / 4", false)]
    public void Edit_OfABlock_ChangesItsGraphOnly(string before, string text, string edited, bool isCached)
    {
        var compilation = GeneratorRun.Compile(Source, GeneratorRun.Usings);
        var driver = GeneratorRun.Driver().RunGenerators(compilation);
        var tree = CSharpSyntaxTree.ParseText(before + (text.Length == 0 ? Source : Source.Replace(text, edited, StringComparison.Ordinal)), GeneratorRun.Options, "File0.cs");
        driver = driver.RunGenerators(compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[0], tree));
        var outputs = driver.GetRunResult().Results.Single().TrackedOutputSteps.SelectMany(static s => s.Value).SelectMany(static s => s.Outputs);
        Assert.Equal(isCached ? IncrementalStepRunReason.Cached : IncrementalStepRunReason.Modified, Assert.Single(outputs).Reason);
        Assert.NotNull(Assert.Single(driver.GetRunResult().Results.Single().TrackedSteps[QatGenerator.BlocksStep]).Outputs[0].Value);
    }
}
