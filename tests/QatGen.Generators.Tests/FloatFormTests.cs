using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace QatGen.Generators.Tests;

/// <summary>A model with an operator that has no quantized form: nothing is emitted but, where it is asked for, the float form, which compiles.</summary>
public sealed class FloatFormTests
{
    private const string Model = """
        using QatGen; using TorchSharp; using TorchSharp.Modules; using static TorchSharp.torch; using static TorchSharp.torch.nn;
        namespace M;
        [QatModel(March.Bayes)]
        public partial class Net : Module<Tensor, Tensor>
        {
            private readonly Conv2d conv = Conv2d(3, 4, 1);
            public Net() : base("n") => RegisterComponents();
            public override Tensor forward(Tensor x) => functional.hardshrink(conv.call(x))[.., 0];
        }
        """;

    [Theory]
    [InlineData("true", "M.Net.Float.g.cs, M.Net.Graph.g.cs")]
    [InlineData("false", "M.Net.Graph.g.cs")]
    public void Files_OfModelWithMissingOperator_AreTheGraphAndTheFloatForm(string emit, string files)
    {
        var driver = GeneratorRun.Driver().WithUpdatedAnalyzerConfigOptions(new Options(new() { [QatGenerator.EmitFloatProperty] = emit }));
        driver = driver.RunGeneratorsAndUpdateCompilation(GeneratorRun.Compile(Model, GeneratorRun.Usings), out var compilation, out _);
        Assert.Equal(files, string.Join(", ", driver.Files().Keys));
        Assert.Empty(compilation.GetDiagnostics().Where(static d => d.Severity != DiagnosticSeverity.Hidden));
    }

    private sealed class Options(Dictionary<string, string> values) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(values);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;
    }

    private sealed class Values(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
    }
}
