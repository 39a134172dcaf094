using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QatGen.Generators.Capture;
using QatGen.Generators.Emit;
using QatGen.Generators.Tests.Capture;
using QatGen.Graphs;
using static TorchSharp.torch;

namespace QatGen.Generators.Tests.Fuzz;

/// <summary>Many models in one assembly: each is captured, its graph emitted beside it, and both run.</summary>
internal static class Batch
{
    /// <summary>What became of a model: the graph and the rules that capture gave, and what is wrong with that, if anything.</summary>
    internal sealed record Outcome(FuzzModel Model, Graph? Graph, IReadOnlyList<string> Violations, string? Wrong);

    public static IReadOnlyList<Outcome> Run(IReadOnlyList<FuzzModel> models)
    {
        var compilation = CaptureHarness.Compile([.. models.Select(static m => m.Source)]);
        var invalid = compilation.GetDiagnostics().Where(static d => d.Severity == DiagnosticSeverity.Error).ToLookup(static d => d.Location.SourceTree?.FilePath);
        var captured = models.Select((m, i) => invalid.Contains($"Source{i + 1}.cs")
            ? new(m, null, [], "it does not compile: " + Line(invalid[$"Source{i + 1}.cs"].First()))
            : Judge(m, ModelCapture.Run(compilation.GetTypeByMetadataName(m.Namespace + ".Model")!, compilation, CancellationToken.None))).ToArray();
        return invalid.Count > 0 ? captured : RunAll(compilation, captured);
    }

    private static string Line(Diagnostic error) =>
        $"{error.GetMessage(CultureInfo.InvariantCulture)}: {error.Location.SourceTree!.GetText(CancellationToken.None).Lines[error.Location.GetLineSpan().StartLinePosition.Line]}";

    /// <summary>Whether the rules that capture reports are those that the model breaks.</summary>
    private static Outcome Judge(FuzzModel model, CaptureResult result)
    {
        var violations = result.Violations.Select(static v => $"{v.Violation} at {v.Location.GetLineSpan().StartLinePosition}").ToArray();
        var rules = result.Violations.Select(static v => v.Violation.Rule.Id).ToHashSet(StringComparer.Ordinal);
        var wrong = result.Graph is null != rules.Count > 0 ? "a graph and violations, or neither"
            : model.MustRefuse is { } must && !rules.Contains(must) ? $"it breaks {must}, which is not reported"
            : rules.Any(r => r != model.MustRefuse && !model.MayRefuse.Contains(r)) ? "it is refused"
            : null;
        return new(model, result.Graph, violations, wrong);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Outcome[] RunAll(CSharpCompilation compilation, Outcome[] captured)
    {
        var graphs = captured.Where(static o => o is { Graph: not null, Wrong: null }).Select(static o => o.Graph!).ToArray();
        var whole = compilation.AddSyntaxTrees(graphs.Select(static g => CSharpSyntaxTree.ParseText(FloatEmitter.Emit(g), new(LanguageVersion.Latest), $"{g.Namespace}.Float.g.cs")));
        using var image = new MemoryStream();
        var emitted = whole.Emit(image);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Error).Select(static d => d + "\n" + d.Location.SourceTree)));
        image.Position = 0;
        var context = new AssemblyLoadContext("Fuzz", isCollectible: true);
        var assembly = context.LoadFromStream(image);
        var outcomes = captured.Select(o => o is { Graph: { } graph, Wrong: null } ? o with { Wrong = Compare(o.Model, graph, assembly) } : o).ToArray();
        context.Unload();
        return outcomes;
    }

    /// <summary>The model against its emitted graph, in eval() and train(), on random weights and statistics; null when no value differs.</summary>
    private static string? Compare(FuzzModel source, Graph graph, Assembly assembly)
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        manual_seed(1);
        var type = assembly.GetType(source.Namespace + ".Model")!;
        var constructor = type.GetConstructors().Single();
        try
        {
            using var model = (nn.Module)constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [.. constructor.GetParameters().Select(static p => p.DefaultValue)], null);
            Differential.Randomize(model);
            var names = model.named_modules().Select(static m => m.name).ToHashSet(StringComparer.Ordinal);
            if (graph.Nodes.FirstOrDefault(n => n.Form.Kind == FormKind.Module != names.Contains(n.Path.Split('#')[0])) is { } node)
            {
                return $"the path {node.Path} of {node.Operator} against {string.Join(", ", names)}";
            }

            var real = type.GetMethod("forward", BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)!;
            var emitted = assembly.GetType(source.Namespace + ".ModelFloat")!.GetMethod("Forward")!;
            foreach (var training in new[] { false, true })
            {
                model.train(training);
                var inputs = Enumerable.Range(0, source.Inputs).Select(static _ => randn([2, 4, 8, 8])).ToArray();
                var expected = Forward(model, inputs, i => real.Invoke(model, BindingFlags.DoNotWrapExceptions, null, i, null)!);
                var actual = Forward(model, inputs, i => emitted.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [model, .. i], null)!);
                if (expected.Count != actual.Count || !expected.Zip(actual, static (e, a) => e.shape.SequenceEqual(a.shape) && (e - a).abs().max().item<float>() == 0).All(static same => same))
                {
                    return training ? "other values in train()" : "other values in eval()";
                }
            }

            return null;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return $"it fails when it runs: {failure.Message}";
        }
    }

    private static List<Tensor> Forward(nn.Module model, Tensor[] inputs, Func<object?[], object> forward)
    {
        List<Tensor> Outputs(object value) => value switch
        {
            Tensor tensor => [tensor],
            ITuple tuple => [.. Enumerable.Range(0, tuple.Length).SelectMany(i => Outputs(tuple[i]!))],
            _ => [.. ((IEnumerable)value).Cast<object>().SelectMany(Outputs)],
        };
        return Differential.Run(() => Outputs(forward([.. inputs.Select(static i => i.clone())])), model);
    }
}
