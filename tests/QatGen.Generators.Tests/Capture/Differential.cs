using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using QatGen.Graphs;
using QatGen.Passes;
using QatGen.Torch;
using static TorchSharp.torch;

namespace QatGen.Generators.Tests.Capture;

/// <summary>The captured graph, emitted as float calls, against the model's own forward: no value may differ, in eval() and in train().</summary>
internal static class Differential
{
    public const string Header = """
        using QatGen;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;
        using F = TorchSharp.torch.nn.functional;

        namespace Constructs;

        """;

    /// <summary>The source of a class Model on [N, 4, 8, 8] with these members, and what stands beside it.</summary>
    public static string Source(string members, string beside = "", string about = "") =>
        $"{Header}\n// {about}\n[QatModel(March.Bayes)]\n[InputShape(1, 4, 8, 8)]\npublic partial class Model : Module<Tensor, Tensor>\n{{\n{members}\n}}\n\n{beside}\n";

    /// <summary>Captures a class Model with these members, compares it, and returns its graph.</summary>
    public static Graph Members(string members, string beside = "", object?[]? arguments = null, string about = "") =>
        Check("Model", [1, 4, 8, 8], arguments ?? [], Source(members, beside, about));

    public static Graph Check(string type, long[] shape, object?[] arguments, params string[] sources)
    {
        var compilation = CaptureHarness.Compile(sources);
        var result = CaptureHarness.Capture(compilation, type);
        Assert.Equal("", string.Join("\n", result.Violations.Select(static v => v.Violation + " at " + v.Location)));
        return Compare(type, shape, arguments, CaptureHarness.Load(compilation, result.Graph!), result.Graph!);
    }

    /// <summary>The path of a call, of whose results the node may be one.</summary>
    private static string CallOf(Node node) => node.Attributes["item"] is null ? node.Path : node.Path[..node.Path.LastIndexOf('.')];

    /// <summary>Compares the loaded model with the loaded float program of its graph, which is returned.</summary>
    public static Graph Compare(string type, long[] shape, object?[] arguments, Assembly assembly, Graph graph)
    {
        var forward = assembly.GetTypes().Single(t => t.Name == type + "Float").GetMethod("Forward")!;
        manual_seed(1);
        using var scope = NewDisposeScope();
        using var model = (nn.Module)Activator.CreateInstance(
            assembly.GetTypes().Single(t => t.Name == type), BindingFlags.CreateInstance | BindingFlags.Public | BindingFlags.Instance | BindingFlags.OptionalParamBinding, null, arguments, null)!;
        Randomize(model);
        var call = model.GetType().GetMethods().First(static m => m.Name == "call" && m.GetParameters().Length == 1);
        var names = model.named_modules().Select(static m => m.name).ToHashSet();
        Assert.All(graph.Nodes.Where(static n => n.Form.Kind == FormKind.Module), n => Assert.Contains(CallOf(n).Split('#')[0], names));
        Assert.All(graph.Nodes.Where(static n => n.Form.Kind != FormKind.Module), n => Assert.DoesNotContain(n.Path, names));
        foreach (var training in new[] { false, true })
        {
            model.train(training);
            var input = randn([2, .. shape.Skip(1)]);
            var expected = Outputs(() => call.Invoke(model, BindingFlags.DoNotWrapExceptions, null, [input.clone()], null), model);
            var actual = Outputs(() => forward.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [model, input.clone()], null), model);
            Assert.Equal(expected.Select(static o => string.Join(", ", o.shape)), actual.Select(static o => string.Join(", ", o.shape)));
            foreach (var (e, a) in expected.Zip(actual))
            {
                Assert.True(e.isfinite().all().item<bool>(), "the output is not finite and proves nothing");
                Assert.Equal(0f, (e - a).abs().max().item<float>());
                Assert.True(e.abs().max().item<float>() > 0, "the output is all zero and proves nothing");
            }
        }

        if (graph.Nodes.All(static n => !WrongInTorchSharp.Contains(n.Form.Name)) && Pipeline.Run(graph).Fused is { } fused)
        {
            model.train(false);
            IsTheSameProgram(fused, model, x => Outputs(() => call.Invoke(model, BindingFlags.DoNotWrapExceptions, null, [x.clone()], null), model), [2, .. shape.Skip(1)]);
        }

        return graph;
    }

    /// <summary>Functions that do something else in TorchSharp than in PyTorch, whose meaning is trained: hardtanh does not limit.</summary>
    private static readonly string[] WrongInTorchSharp = ["hardtanh", "Hardtanh"];

    /// <summary>What is trained computes the same while it does not round: the passes have changed how the model is written, not what it is.</summary>
    private static void IsTheSameProgram(Graph fused, nn.Module model, Func<Tensor, Tensor[]> forward, long[] shape)
    {
        using var grad = no_grad();
        using var qat = new GraphQat(fused, Read(fused, model.state_dict()));
        var x = randn(shape);
        foreach (var (expected, actual) in forward(x).Zip(qat.Model.Forward(x)))
        {
            Assert.Equal(expected.shape, actual.shape);
            Assert.InRange((expected - actual).abs().max().item<float>(), 0f, 1e-3f * Math.Max(1, expected.abs().max().item<float>()));
        }
    }

    /// <summary>A state without what the program does not read: a model may hold modules that it does not call.</summary>
    private static Dictionary<string, Tensor> Read(Graph fused, Dictionary<string, Tensor> state)
    {
        try
        {
            new GraphQat(fused, state).Dispose();
            return state;
        }
        catch (QatGenException wrong) when (wrong.Violations.All(static v => v.Rule == QuantizationRules.ParameterExtra))
        {
            var unread = wrong.Violations.Select(static v => v.Arguments[0]).ToHashSet();
            return state.Where(p => !unread.Contains(p.Key)).ToDictionary();
        }
    }

    /// <summary>Both runs start from the same running statistics and the same random numbers.</summary>
    public static T Run<T>(Func<T> forward, nn.Module model)
    {
        var saved = model.state_dict().ToDictionary(static p => p.Key, static p => p.Value.clone());
        manual_seed(7);
        var output = forward();
        model.load_state_dict(saved);
        return output;
    }

    private static Tensor[] Outputs(Func<object?> forward, nn.Module model) => Run(() => Flatten(forward()).Select(static o => o.detach()).ToArray(), model);

    /// <summary>The tensors of a result, whatever the signature.</summary>
    private static IEnumerable<Tensor> Flatten(object? value) => value switch
    {
        null => [],
        Tensor tensor => [tensor],
        ITuple tuple => Enumerable.Range(0, tuple.Length).SelectMany(i => Flatten(tuple[i])),
        IEnumerable items => items.Cast<object?>().SelectMany(Flatten),
        _ => throw new InvalidOperationException($"The model returns a {value.GetType()}."),
    };

    public static void Randomize(nn.Module model)
    {
        using var none = no_grad();
        foreach (var (name, parameter) in model.named_parameters())
        {
            parameter.normal_(0, 0.3);
        }

        foreach (var (name, buffer) in model.named_buffers())
        {
            if (name.EndsWith("running_mean", StringComparison.Ordinal))
            {
                buffer.normal_(0, 0.5);
            }
            else if (name.EndsWith("running_var", StringComparison.Ordinal))
            {
                buffer.uniform_(0.5, 1.5);
            }
        }
    }
}
