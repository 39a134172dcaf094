using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;
using QatGen.Generators.Analyzers;

namespace QatGen.Generators.Tests;

public sealed class AttributeUseAnalyzerTests
{
    [Fact]
    public Task InputShape_OnAModel_IsFine() => Verify("""
        [QatModel(March.Bayes), InputShape(1, 3, 8, 8)]
        public partial class Net() : Module<Tensor, Tensor>("Net")
        {
            public override Tensor forward([Quantize(Scale = 0.5)] Tensor x) => x;
        }
        """);

    [Fact]
    public Task InputShape_OnABlock_HasNoEffect() => Verify("""
        [{|#0:InputShape(1, 3, 8, 8)|}]
        public class Block() : Module<Tensor, Tensor>("Block")
        {
            public override Tensor forward(Tensor x) => x;
        }
        """, "[InputShape] on 'Block' has no effect: the class has no [QatModel]. Remove it, or put it where it applies.");

    [Fact]
    public Task InputShape_BeyondTheInputs_HasNoEffect() => Verify("""
        [QatModel(March.Bayes), InputShape(1, 3, 8, 8), {|#0:InputShape(1, 3, 8, 8)|}]
        public partial class Net() : Module<Tensor, Tensor>("Net")
        {
            public override Tensor forward(Tensor x) => x;
        }
        """, "[InputShape] on 'Net' has no effect: forward has 1 inputs. Remove it, or put it where it applies.");

    [Fact]
    public Task Quantize_OnAHelpersParameter_HasNoEffect() => Verify("""
        [QatModel(March.Bayes)]
        public partial class Net() : Module<Tensor, Tensor>("Net")
        {
            public override Tensor forward(Tensor x) => Twice(x);

            private static Tensor Twice([{|#0:Quantize(Scale = 0.5)|}] Tensor x) => x + x;
        }
        """, "[Quantize] on 'x' has no effect: only an input of a model's forward is quantized. Remove it, or put it where it applies.");

    private static Task Verify(string source, string? message = null)
    {
        var test = new CSharpAnalyzerTest<AttributeUseAnalyzer, DefaultVerifier>
        {
            TestCode = "using QatGen;\nusing static TorchSharp.torch;\nusing static TorchSharp.torch.nn;\n" + source,
            ReferenceAssemblies = new ReferenceAssemblies("net10.0"),
        };
        test.TestState.AdditionalReferences.AddRange(GeneratorRun.References);
        if (message is not null)
        {
            test.ExpectedDiagnostics.Add(DiagnosticResult.CompilerWarning("QG1020").WithLocation(0).WithMessage(message));
        }

        return test.RunAsync();
    }
}
