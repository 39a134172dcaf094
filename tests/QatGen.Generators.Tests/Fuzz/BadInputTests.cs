using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using QatGen.Generators.Analyzers;
using QatGen.Generators.Tests.Capture;

namespace QatGen.Generators.Tests.Fuzz;

/// <summary>Unusual and bad input through generator and analyzer: the right model, or a diagnostic at its place; no failure, and no wait.</summary>
public class BadInputTests
{
    private const string Usings = "using QatGen; using TorchSharp; using TorchSharp.Modules; "
        + "using static TorchSharp.torch; using static TorchSharp.torch.nn; using F = TorchSharp.torch.nn.functional;\n";

    private const string Attribute = "[QatModel(March.Bayes)]\n[InputShape(1, 4, 8, 8)]\n";

    /// <summary>What the two made of sources.</summary>
    private sealed record Result(CSharpCompilation Compilation, IReadOnlyList<string> Files, IReadOnlyList<string> Diagnostics, IReadOnlyList<string> Errors);

    [Fact]
    public async Task Reference_TorchSharpMissing_OnlyTheCompilerSpeaks()
    {
        var whole = GeneratorRun.Compile(Usings + Model("Net"));
        var result = await Run(whole.WithReferences(whole.References.Where(static r => !r.Display!.EndsWith("TorchSharp.dll", StringComparison.Ordinal))));
        Assert.NotEmpty(result.Errors);
        Assert.Empty(result.Files);
        Assert.Empty(result.Diagnostics);
    }

    [Fact]
    public async Task Class_DeclaredTwiceWithTheAttribute_OnlyTheCompilerSpeaks()
    {
        var result = await Run("namespace A;\n" + Model("Net"), "namespace A;\n" + Model("Net"));
        Assert.NotEmpty(result.Errors);
        Assert.Empty(result.Diagnostics);
    }

    [Theory]
    [InlineData("", "Net")]
    [InlineData("namespace A.B;", "A.B.Net")]
    [InlineData("namespace A { namespace B {", "A.B.Net", "} }")]
    [InlineData("namespace @class;", "class.@event", "", "@event")]
    [InlineData("namespace Größe;", "Größe.模型", "", "模型")]
    [InlineData("namespace A;", "A.@string", "", "@string")]
    public async Task Class_InAnyNamespaceAndName_IsEmitted(string before, string full, string after = "", string name = "Net")
    {
        var result = await Run($"{before}\n{Model(name)}\n{after}");
        Assert.Empty(result.Diagnostics);
        Assert.Empty(result.Errors);
        Assert.Equal(3, result.Files.Count);
        Assert.All(result.Files, f => Assert.StartsWith(full.Replace("@", "", StringComparison.Ordinal) + ".", f, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Class_OfOneNameInTwoNamespaces_IsEmittedTwice()
    {
        var result = await Run("namespace A;\n" + Model("Net"), "namespace B;\n" + Model("Net"), Model("Net"));
        Assert.Empty(result.Diagnostics);
        Assert.Empty(result.Errors);
        Assert.Equal(9, result.Files.Count);
    }

    /// <summary>What follows from an error is not said again; what is wrong elsewhere is.</summary>
    [Theory]
    [InlineData("return conv.call(x.what());", "")]
    [InlineData("return unknown.call(x);", "")]
    [InlineData("return conv.call(F.hardshrink(x);", "")]
    [InlineData("int n = \"text\"; return F.hardshrink(x);", "")]
    [InlineData("return conv.call(x);", "", "private readonly Missing conv2;")]
    [InlineData("return conv2.call(x);", "", "private readonly Missing conv2;")]
    [InlineData("return F.hardshrink(x);", "QG1003", "private Tensor Other() => missing;")]
    [InlineData("return F.hardshrink(x);", "QG1003", "public NetQat Own() => ToQat();")]
    public async Task Error_InWhatCaptureReads_IsLeftToTheCompiler(string forward, string diagnostics, string member = "")
    {
        var result = await Run($"namespace A;\n{Attribute}public partial class Net : Module<Tensor, Tensor> {{ "
            + $"private readonly Conv2d conv = Conv2d(4, 4, 1); {member} public Net() : base(\"n\") => RegisterComponents(); public override Tensor forward(Tensor x) {{ {forward} }} }}");
        Assert.NotEmpty(result.Errors);
        Assert.Equal(diagnostics, string.Join(", ", result.Diagnostics));
    }

    [Fact]
    public async Task Class_InPartsOverTwoFiles_IsEmittedOnce()
    {
        var result = await Run(
            $"namespace A;\n{Attribute}public partial class Net : Module<Tensor, Tensor> {{ private readonly Conv2d a = Conv2d(4, 4, 1); public Net() : base(\"n\") => RegisterComponents(); }}",
            "namespace A;\npublic partial class Net { private readonly ReLU b = ReLU(); public override Tensor forward(Tensor x) => b.call(a.call(x)); }");
        Assert.Empty(result.Diagnostics);
        Assert.Empty(result.Errors);
        Assert.Equal(3, result.Files.Count);
    }

    [Fact]
    public async Task Identifiers_KeywordsAndUnicode_AreEmitted()
    {
        var result = await Run($$"""
            namespace A;
            {{Attribute}}public partial class Net : Module<Tensor, Tensor>
            {
                private readonly Conv2d @class = Conv2d(4, 4, 1), größe = Conv2d(4, 4, 1), value = Conv2d(4, 4, 1), 卷积 = Conv2d(4, 4, 1), Net_ = Conv2d(4, 4, 1), p = Conv2d(4, 4, 1);
                public Net() : base("n") => RegisterComponents();
                public override Tensor forward(Tensor @in)
                {
                    var @return = @class.call(größe.call(@in));
                    return p.call(Net_.call(value.call(卷积.call(@return))));
                }
            }
            """);
        Assert.Empty(result.Diagnostics);
        Assert.Empty(result.Errors);
        Assert.Equal(3, result.Files.Count);
    }

    [Theory]
    [InlineData("2,000 statements", "", 2000)]
    [InlineData("nested calls", "", 0, 100)]
    [InlineData("settings table", "private static readonly (int Width, int Depth)[] Settings = { TABLE };", 1)]
    [InlineData("settings list", "private static readonly List<int> Settings = [LIST];", 1)]
    public async Task Model_Long_IsEmitted(string kind, string members, int statements, int nested = 0)
    {
        var table = string.Join(", ", Enumerable.Range(0, 10_000).Select(static i => string.Create(CultureInfo.InvariantCulture, $"({i % 8 + 1}, {i})")));
        var list = string.Join(", ", Enumerable.Range(0, 10_000));
        var loop = members.Length > 0 ? "var sum = 0; foreach (var row in Settings) { sum++; } if (sum != 10_000) { throw new Exception(); }" : "";
        var body = string.Concat(Enumerable.Repeat("x = a.call(x);\n", statements)) + "x = " + string.Concat(Enumerable.Repeat("F.relu(", nested)) + "x" + new string(')', nested) + ";";
        var source = $$"""
            namespace A;
            {{Attribute}}// {{kind}}
            public partial class Net : Module<Tensor, Tensor>
            {
                private readonly ReLU a = ReLU();
                {{members.Replace("TABLE", table, StringComparison.Ordinal).Replace("LIST", list, StringComparison.Ordinal)}}
                public Net() : base("n") { {{loop}} RegisterComponents(); }
                public override Tensor forward(Tensor x) { {{body}} return x; }
            }
            """;
        var compilation = GeneratorRun.Compile(Usings + source, GeneratorRun.Usings);
        Assert.Empty(compilation.GetDiagnostics(CancellationToken.None).Where(static d => d.DefaultSeverity == DiagnosticSeverity.Error));
        var captured = CaptureHarness.Capture(compilation, "Net");
        Assert.Empty(captured.Violations.Select(static v => v.Violation.ToString()));
        var result = await Run(compilation);
        Assert.Equal(3, result.Files.Count);
        Assert.Empty(result.Errors);
    }

    /// <summary>Deeper than the budget: said at its place.</summary>
    [Theory]
    [InlineData("x + x", " + x", 400)]
    [InlineData("F.relu(x", ")", 400)]
    [InlineData("x + (x", ")", 2000)]
    public async Task Expression_TooDeep_IsSaidAtItsPlace(string open, string close, int depth)
    {
        var expression = close == ")" ? string.Concat(Enumerable.Repeat(open[..^1], depth)) + "x" + new string(')', depth) : open + string.Concat(Enumerable.Repeat(close, depth));
        var result = await Run($"namespace A;\n{Attribute}public partial class Net : Module<Tensor, Tensor> {{ "
            + $"public Net() : base(\"n\") {{ }} public override Tensor forward(Tensor x) => {expression}; }}");
        Assert.True(result.Files.Count == 3 || result.Diagnostics.SequenceEqual(["QG1010"]) || result.Errors.Any(static e => e.Contains("CS8078", StringComparison.Ordinal)), string.Join(", ",
            result.Diagnostics.Concat(result.Errors)));
    }

    private static string Model(string name) =>
        $"{Attribute}public partial class {name} : Module<Tensor, Tensor> {{ "
        + $"private readonly Conv2d a = Conv2d(4, 4, 1); public {name}() : base(\"n\") => RegisterComponents(); public override Tensor forward(Tensor x) => F.relu(a.call(x)); }}";

    private static Task<Result> Run(params string[] sources) => Run(GeneratorRun.Compile([.. sources.Select(static s => Usings + s), GeneratorRun.Usings]));

    private static async Task<Result> Run(CSharpCompilation compilation)
    {
        var driver = GeneratorRun.Driver().RunGeneratorsAndUpdateCompilation(compilation, out var generated, out var failures, CancellationToken.None);
        Assert.Empty(failures);
        Assert.Null(driver.GetRunResult().Results.Single().Exception);
        var reported = await generated.WithAnalyzers([new QatModelAnalyzer()]).GetAnalyzerDiagnosticsAsync(CancellationToken.None);
        return new(
            compilation,
            [.. driver.Files().Keys],
            [.. reported.Select(static d => d.Id)],
            [.. generated.GetDiagnostics(CancellationToken.None).Where(static d => d.DefaultSeverity == DiagnosticSeverity.Error).Select(static d => d.ToString())]);
    }
}
