using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using QatGen.Generators.Analyzers;
using QatGen.Generators.Tests.Capture;

namespace QatGen.Generators.Tests.Fuzz;

/// <summary>A file of the model zoo while it is typed: generator and analyzer run at every character, fail at none, and add nothing to the compiler's own errors.</summary>
public class TypingTests
{
    /// <summary>Every how many characters the two run.</summary>
    private static readonly int Step = Environment.GetEnvironmentVariable("QATGEN_LONG") == "1" ? 1 : 41;

    private static readonly string[] Files = ["ResNet.cs", "BasicBlock.cs", "ResidualBlock.cs", "ResNet18.cs"];

    [Theory]
    [InlineData("ResNet.cs", false)]
    [InlineData("ResNet.cs", true)]
    [InlineData("BasicBlock.cs", false)]
    [InlineData("BasicBlock.cs", true)]
    [InlineData("ResNet18.cs", false)]
    [InlineData("ResNet18.cs", true)]
    public async Task Zoo_FileBeingTyped_HasOnlyTheCompilersErrors(string file, bool closesBrackets)
    {
        var whole = Zoo(file);
        var compilation = CaptureHarness.Compile([.. Files.Select(static f => Zoo(f))]);
        var typed = compilation.SyntaxTrees[1 + Array.IndexOf(Files, file)];
        var driver = GeneratorRun.Driver();
        for (var length = whole.Length; length > 0; length -= Step)
        {
            var text = whole[..length] + (closesBrackets ? Closing(whole[..length]) : "");
            var state = compilation.ReplaceSyntaxTree(typed, CSharpSyntaxTree.ParseText(text, GeneratorRun.Options, file, cancellationToken: CancellationToken.None));
            driver = driver.RunGeneratorsAndUpdateCompilation(state, out var generated, out var failures, CancellationToken.None);
            Assert.Empty(failures);
            Assert.Null(driver.GetRunResult().Results.Single().Exception);
            var reported = await generated.WithAnalyzers([new QatModelAnalyzer()]).GetAnalyzerDiagnosticsAsync(CancellationToken.None);
            Assert.DoesNotContain(reported, static d => d.Id == "AD0001");
            if (reported.Length > 0)
            {
                Assert.False(state.GetDiagnostics(CancellationToken.None).Any(static d => d.Severity == DiagnosticSeverity.Error),
                    $"{string.Join("\n", reported)}\nbeside the compiler's errors in\n{text}");
            }
        }
    }

    /// <summary>The brackets that an editor has already put behind the cursor.</summary>
    private static string Closing(string text)
    {
        var open = new Stack<char>();
        foreach (var token in CSharpSyntaxTree.ParseText(text, GeneratorRun.Options, cancellationToken: CancellationToken.None).GetRoot(CancellationToken.None).DescendantTokens().Where(static t =>
            !t.IsMissing))
        {
            switch (token.Kind())
            {
                case SyntaxKind.OpenBraceToken or SyntaxKind.OpenParenToken or SyntaxKind.OpenBracketToken:
                    open.Push(token.Text[0] switch { '{' => '}', '(' => ')', _ => ']' });
                    break;
                case SyntaxKind.CloseBraceToken or SyntaxKind.CloseParenToken or SyntaxKind.CloseBracketToken when open.Count > 0:
                    open.Pop();
                    break;
            }
        }

        return string.Concat(open.Select(static c => c == '}' ? " }" : c.ToString(CultureInfo.InvariantCulture)));
    }

    private static string Zoo(string file, [CallerFilePath] string here = "") => File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../../samples/ModelZoo", file));
}
