using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using QatGen.Passes;

namespace QatGen.Generators.Tests.Capture;

/// <summary>Source with expected violations marked as <c>{|QG1003:hardshrink(x)|}</c>.</summary>
internal static partial class Markup
{
    /// <summary>Captures the class Model of marked members and compares what capture and the passes found with the marks; returns the messages.</summary>
    public static string Verify(string members, string beside = "") => VerifySource(Differential.Source(members, beside));

    public static string VerifySource(string marked, params MetadataReference[] references)
    {
        var source = Mark().Replace(marked, "${text}");
        var expected = new List<string>();
        for (var match = Mark().Match(marked); match.Success; match = Mark().Match(marked))
        {
            expected.Add($"{match.Groups["id"].Value} at {match.Index}: {match.Groups["text"].Value}");
            marked = string.Concat(marked.AsSpan(0, match.Index), match.Groups["text"].Value, marked.AsSpan(match.Index + match.Length));
        }

        var result = CaptureHarness.Capture(CaptureHarness.Compile(source).AddReferences(references), "Model");
        var passes = result.Graph is null ? null : Pipeline.Run(result.Graph);
        var found = result.Violations.Concat(result.Locate(passes?.Violations ?? Seq<Violation>.Empty, Location.None)).ToArray();
        var actual = found.Select(v => $"{v.Violation.Rule.Id} at {v.Location.SourceSpan.Start}: {source.Substring(v.Location.SourceSpan.Start, v.Location.SourceSpan.Length)}");
        var messages = string.Join("\n", found.Select(static v => v.Violation));
        var isSame = expected.Order(StringComparer.Ordinal).SequenceEqual(actual.Order(StringComparer.Ordinal));
        Assert.True(isSame, $"expected:\n{string.Join("\n", expected)}\nfound:\n{string.Join("\n", actual)}\n{messages}");
        Assert.Equal(found.Any(static v => v.Violation.Rule.Severity == RuleSeverity.Error), passes?.Fused is null);
        return messages;
    }

    [GeneratedRegex(@"\{\|(?<id>QG\d{4}):(?<text>.*?)\|\}", RegexOptions.Singleline)]
    private static partial Regex Mark();
}
