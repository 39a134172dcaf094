using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
namespace QatGen.Generators.Tests.Capture;
public class ZooProbe
{
    [Fact]
    public void Probe()
    {
        var folder = Path.Combine(Path.GetDirectoryName(Here())!, "../../../samples/ModelZoo");
        var files = Directory.GetFiles(folder, "*.cs");
        var c = CaptureHarness.Compile(files.Select(File.ReadAllText).ToArray());
        var o = new System.Text.StringBuilder();
        foreach (var d in c.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Take(10)) o.AppendLine(d.ToString());
        foreach (var t in c.GetSymbolsWithName(_ => true, SymbolFilter.Type).OfType<INamedTypeSymbol>().Where(t => t.GetAttributes().Any(a => a.AttributeClass?.Name == "QatModelAttribute")).OrderBy(t => t.Name))
        {
            var r = CaptureHarness.Capture(c, t.Name);
            o.AppendLine($"{t.Name}: {r.Graph?.Nodes.Count}");
            foreach (var v in r.Violations.Where(v => v.Violation.Rule.Id != "QG1003")) o.AppendLine($"    {v.Violation.Rule.Id} {Path.GetFileName(files[int.Parse(Path.GetFileNameWithoutExtension(v.Location.SourceTree!.FilePath)[6..]) - 1])}:{v.Location.GetLineSpan().StartLinePosition.Line + 1} {v.Violation.Message}");
            foreach (var v in r.Violations.Where(v => v.Violation.Rule.Id == "QG1003").Select(v => v.Violation.Message).Distinct()) o.AppendLine("    - " + v);
        }
        File.WriteAllText("/tmp/probe/zoo.txt", o.ToString());
    }
    private static string Here([CallerFilePath] string p = "") => p;
}
