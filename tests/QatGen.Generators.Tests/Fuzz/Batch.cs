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
    /// <summary>What became of a model: the graphs of its variants and the rules that capture gave, and what is wrong with that, if anything.</summary>
    internal sealed record Outcome(FuzzModel Model, IReadOnlyList<Graph> Graphs, IReadOnlyList<string> Violations, string? Wrong);

    /// <summary>What is wrong with a model that draws random numbers for a value that nothing reads: the graph has no such call, so that the later ones draw others.</summary>
    public const string DeadRandom = "another number of random draws";

    public static IReadOnlyList<Outcome> Run(IReadOnlyList<FuzzModel> models)
    {
        var library = Generated(CaptureHarness.Compile([.. models.Select(static m => m.Library)]).WithAssemblyName("Blocks"));
        var wrong = Errors(library);
        if (wrong.Count > 0)
        {
            return [.. models.Select((m, i) => new Outcome(m, [], [], wrong.Contains($"Source{i + 1}.cs") ? "its library does not compile: " + Line(wrong[$"Source{i + 1}.cs"].First()) : null))];
        }

        using var image = new MemoryStream();
        Assert.True(library.Emit(image).Success);
        MetadataReference reference = models[0].Choices.Count % 2 == 0 ? library.ToMetadataReference() : MetadataReference.CreateFromImage(image.ToArray());
        var compilation = CaptureHarness.Compile([.. models.Select(static m => m.Source)]).AddReferences(reference);
        var invalid = Errors(compilation);
        var captured = models.Select((m, i) => invalid.Contains($"Source{i + 1}.cs")
            ? new(m, [], [], "it does not compile: " + Line(invalid[$"Source{i + 1}.cs"].First()))
            : Judge(m, ModelCapture.Run(compilation.GetTypeByMetadataName(m.Namespace + ".Model")!, compilation, CancellationToken.None))).ToArray();
        return invalid.Count > 0 ? captured : RunAll(compilation, captured, image.ToArray());
    }

    /// <summary>The libraries with the graphs of their blocks, as their own build makes them.</summary>
    private static CSharpCompilation Generated(CSharpCompilation library)
    {
        GeneratorRun.Driver().RunGeneratorsAndUpdateCompilation(library, out var whole, out var failures, CancellationToken.None);
        Assert.Empty(failures);
        return (CSharpCompilation)whole;
    }

    private static ILookup<string?, Diagnostic> Errors(CSharpCompilation compilation) =>
        compilation.GetDiagnostics(CancellationToken.None).Where(static d => d.Severity == DiagnosticSeverity.Error).ToLookup(static d => d.Location.SourceTree?.FilePath);

    private static string Line(Diagnostic error) =>
        $"{error.GetMessage(CultureInfo.InvariantCulture)}: {error.Location.SourceTree!.GetText(CancellationToken.None).Lines[error.Location.GetLineSpan().StartLinePosition.Line]}";

    /// <summary>Whether the rules that capture reports are those that the model breaks.</summary>
    private static Outcome Judge(FuzzModel model, CaptureResult result)
    {
        var violations = result.Violations.Select(static v => $"{v.Violation} at {v.Location.GetLineSpan().StartLinePosition}").ToArray();
        var rules = result.Violations.Select(static v => v.Violation.Rule.Id).ToHashSet(StringComparer.Ordinal);
        var allowed = model.HasUnclaimed && rules.Count > 1 ? model.MayRefuse.Append(CaptureRules.UnknownOperator.Id).Append(CaptureRules.Argument.Id) : model.MayRefuse;
        var wrong = result.Graph is null != rules.Count > 0 ? "a graph and violations, or neither"
            : model.MustRefuse is { } must && !rules.Contains(must) ? $"it breaks {must}, which is not reported"
            : rules.Any(r => r != model.MustRefuse && !allowed.Contains(r)) ? "it is refused"
            : result.Graph is not null && !result.Graphs.Select(static g => g.Variant).SequenceEqual(model.Variants.Select(static v => v.Name)) ? "other variants than [ModelArgs] asks for"
            : null;
        return new(model, [.. result.Graphs], violations, wrong);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Outcome[] RunAll(CSharpCompilation compilation, Outcome[] captured, byte[] library)
    {
        var graphs = captured.Where(static o => o.Wrong is null).SelectMany(static o => o.Graphs).ToArray();
        var whole = compilation.AddSyntaxTrees(graphs.Select(static g => CSharpSyntaxTree.ParseText(FloatEmitter.Emit(g), new(LanguageVersion.Latest), $"{g.Namespace}{g.Variant}.Float.g.cs")));
        using var image = new MemoryStream();
        var emitted = whole.Emit(image);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Error).Select(static d => d + "\n" + d.Location.SourceTree)));
        image.Position = 0;
        var context = new AssemblyLoadContext("Fuzz", isCollectible: true);
        context.LoadFromStream(new MemoryStream(library));
        var assembly = context.LoadFromStream(image);
        var outcomes = captured.Select(o => o.Wrong is not null ? o
            : o with { Wrong = o.Graphs.Select((g, i) => Compare(o.Model, o.Model.Variants[i].Arguments, g, assembly)).FirstOrDefault(static w => w is not null) }).ToArray();
        context.Unload();
        return outcomes;
    }

    /// <summary>The model against its emitted graph, in eval() and train(), on random weights and statistics; null when no value differs.</summary>
    private static string? Compare(FuzzModel source, object?[]? arguments, Graph graph, Assembly assembly)
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        manual_seed(1);
        var type = assembly.GetType(source.Namespace + ".Model")!;
        var constructor = type.GetConstructors().Single();
        try
        {
            using var model = (nn.Module)constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [.. constructor.GetParameters().Select((p, i) => i < arguments?.Length ? arguments[i] : p.DefaultValue)], null);
            Differential.Randomize(model);
            var names = model.named_modules().Select(static m => m.name).ToHashSet(StringComparer.Ordinal);
            if (graph.Nodes.FirstOrDefault(n => n.Form.Kind == FormKind.Module != names.Contains(n.Path.Split('#')[0])) is { } node)
            {
                return $"the path {node.Path} of {node.Operator} against {string.Join(", ", names)}";
            }

            var real = type.GetMethod("forward", BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)!;
            var emitted = assembly.GetType($"{source.Namespace}.{graph.Name}Float")!.GetMethod("Forward")!;
            foreach (var training in new[] { false, true })
            {
                model.train(training);
                var inputs = Enumerable.Range(0, source.Inputs).Select(static _ => randn([2, 4, 8, 8])).ToArray();
                var expected = Forward(model, inputs, i => real.Invoke(model, BindingFlags.DoNotWrapExceptions, null, Pack(real, i), null)!);
                var actual = Forward(model, inputs, i => emitted.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [model, .. Pack(real, i)], null)!);
                if (expected.Randoms != actual.Randoms)
                {
                    return DeadRandom;
                }

                if (expected.Outputs.Count != actual.Outputs.Count || !expected.Outputs.Zip(actual.Outputs, static (e, a) => e.shape.SequenceEqual(a.shape) && (e - a).abs().max().to(float32).item<float>() == 0).All(static same => same))
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

    /// <summary>The tensors as the parameters of forward hold them.</summary>
    private static object[] Pack(MethodInfo forward, Tensor[] inputs)
    {
        var left = new Queue<Tensor>(inputs);
        return [.. forward.GetParameters().Select(p => Of(p.ParameterType))];

        object Of(Type type) => type == typeof(Tensor) ? left.Dequeue()
            : type.IsAssignableTo(typeof(ITuple)) ? Activator.CreateInstance(type, [.. type.GetGenericArguments().Select(Of)])!
            : Enumerable.Range(0, left.Count).Select(_ => left.Dequeue()).ToArray();
    }

    /// <summary>The outputs, and the next random number.</summary>
    private static (List<Tensor> Outputs, float Randoms) Forward(nn.Module model, Tensor[] inputs, Func<Tensor[], object> forward)
    {
        List<Tensor> Outputs(object value) => value switch
        {
            Tensor tensor => [tensor],
            ITuple tuple => [.. Enumerable.Range(0, tuple.Length).SelectMany(i => Outputs(tuple[i]!))],
            _ => [.. ((IEnumerable)value).Cast<object>().SelectMany(Outputs)],
        };
        return Differential.Run(() => (Outputs(forward([.. inputs.Select(static i => i.clone())])), rand(1).item<float>()), model);
    }
}
