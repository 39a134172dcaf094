using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QatGen.Generators.Capture;

namespace QatGen.Generators.Tests.Capture;

/// <summary>Code that is being typed: capture returns, whatever is missing, and is silent only where the compiler is not.</summary>
public class RobustnessTests
{
    /// <summary>Every how many tokens one is tried.</summary>
    private static readonly int Step = Environment.GetEnvironmentVariable("QATGEN_LONG") == "1" ? 1 : 9;

    [Theory]
    [InlineData("ResNet18", true)]
    [InlineData("ResNet18", false)]
    [InlineData("MobileNetV2", true)]
    [InlineData("MobileNetV2", false)]
    public void Run_SourceWithoutSomeTokens_Returns(string name, bool truncate)
    {
        var source = CaptureHarness.Model(name);
        var tokens = CSharpSyntaxTree.ParseText(source, cancellationToken: CancellationToken.None).GetRoot(CancellationToken.None).DescendantTokens().ToArray();
        for (var i = 0; i < tokens.Length; i += Step)
        {
            var (start, end) = (tokens[i].SpanStart, truncate ? source.Length : tokens[i].Span.End);
            var compilation = CaptureHarness.Compile(string.Concat(source.AsSpan(0, start), source.AsSpan(end)));
            if (!compilation.ContainsSymbolsWithName(name, SymbolFilter.Type, CancellationToken.None))
            {
                continue;
            }

            var result = CaptureHarness.Capture(compilation, name);
            Assert.All(result.Violations, static v => Assert.DoesNotContain(ModelCapture.Defect, v.Violation.Message));
            Assert.True(result.Graph is null || result.Violations.Count == 0);
            Assert.True(result.Graph is not null || result.Violations.Count > 0 || HasErrors(compilation), "neither a graph nor a violation");
            result.Graph?.Verify();
        }
    }

    private static bool HasErrors(CSharpCompilation compilation) => compilation.GetDiagnostics(CancellationToken.None).Any(static d => d.Severity == DiagnosticSeverity.Error);
}
