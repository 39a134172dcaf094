using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QatGen.Generators.Tests.Capture;

namespace QatGen.Generators.Tests.Incremental;

/// <summary>The same input gives the same bytes.</summary>
public sealed class DeterminismTests
{
    private static readonly byte[] Expected = Bytes("/src", GeneratorRun.Usings);

    /// <summary>Another casing of i, other digits, another sign, commas for points.</summary>
    [Theory]
    [InlineData("tr-TR")]
    [InlineData("ar-SA")]
    [InlineData("de-DE")]
    [InlineData("fa-IR")]
    [InlineData("sv-SE")]
    public void Files_UnderACulture_AreTheSameBytes(string culture)
    {
        var (before, beforeUi) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);
            Assert.Equal(Expected, Bytes("/src", GeneratorRun.Usings));
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (before, beforeUi);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("C:\\Users\\İlker\\models")]
    [InlineData("/home/a b/ğ")]
    public void Files_FromAnotherPath_AreTheSameBytes(string folder) => Assert.Equal(Expected, Bytes(folder, GeneratorRun.Usings));

    [Fact]
    public void Files_BesideOtherFiles_AreTheSameBytes() => Assert.Equal(Expected, Bytes("/src", "namespace Apart; internal class First;", GeneratorRun.Usings, "namespace Apart; internal class Last;"));

    [Fact]
    public void Files_OfRunsInParallel_AreTheSameBytes()
    {
        var results = new byte[16][];
        Parallel.For(0, results.Length, i => results[i] = Bytes("/src" + i, GeneratorRun.Usings));
        Assert.All(results, static r => Assert.Equal(Expected, r));
    }

    /// <summary>One compilation, as the compiler's analyzers and a second generator driver read it at once.</summary>
    [Fact]
    public void Files_OfOneCompilationReadInParallel_AreTheSameBytes()
    {
        var compilation = Compile("/src", GeneratorRun.Usings);
        var results = new byte[16][];
        Parallel.For(0, results.Length, i => results[i] = Bytes(compilation));
        Assert.All(results, static r => Assert.Equal(Expected, r));
    }

    private static byte[] Bytes(string folder, params string[] others) => Bytes(Compile(folder, others));

    private static byte[] Bytes(CSharpCompilation compilation)
    {
        var sources = GeneratorRun.Driver().RunGenerators(compilation).GetRunResult().Results.Single().GeneratedSources;
        Assert.Equal(4, sources.Length);
        return [.. sources.SelectMany(static s => Encoding.UTF8.GetBytes(s.HintName + "\n" + s.SourceText))];
    }

    private static CSharpCompilation Compile(string folder, params string[] others)
    {
        const string Scaled = """
            [QatGen.QatModel(QatGen.March.Bayes)]
            public partial class Iris : TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>
            {
                private readonly TorchSharp.Modules.Conv2d input = TorchSharp.torch.nn.Conv2d(3, 8, kernel_size: (1, 3), padding: (0, 1));
                private readonly TorchSharp.Modules.BatchNorm2d norm = TorchSharp.torch.nn.BatchNorm2d(8, eps: 1.5e-5, momentum: 0.0625);

                public Iris() : base("Iris") => RegisterComponents();

                public override TorchSharp.torch.Tensor forward([QatGen.Quantize(Scale = 0.0078125)] TorchSharp.torch.Tensor x) => norm.call(input.call(x));
            }
            """;
        string[] sources = [CaptureHarness.Sample("Net"), CaptureHarness.Sample("ResidualBlock"), Scaled, .. others];
        return CSharpCompilation.Create(
            "Models", sources.Select((s, i) => CSharpSyntaxTree.ParseText(s, GeneratorRun.Options, folder + $"/File{i}.cs")), GeneratorRun.References,
            new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
    }
}
