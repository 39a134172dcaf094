using System.Reflection;
using static TorchSharp.torch;

namespace QatGen.Generators.Tests.Capture;

/// <summary>The captured graph, emitted as float calls, against the model's own forward: no value may differ.</summary>
public class DifferentialTests
{
    [Fact]
    public void Forward_QuickStart_EqualsEmitted() => Check("Net", [1, 1, 28, 28], [10], CaptureHarness.Sample("Net"), CaptureHarness.Sample("ResidualBlock"));

    private static void Check(string type, long[] shape, object?[] arguments, params string[] sources)
    {
        var compilation = CaptureHarness.Compile(sources);
        var result = CaptureHarness.Capture(compilation, type);
        Assert.Empty(result.Violations.Select(static v => v.Violation + " at " + v.Location));
        var assembly = CaptureHarness.Load(compilation, result.Graph!);
        var forward = assembly.GetTypes().Single(t => t.Name == type + "Float").GetMethod("Forward")!;
        manual_seed(1);
        using var scope = NewDisposeScope();
        using var model = (nn.Module<Tensor, Tensor>)Activator.CreateInstance(assembly.GetTypes().Single(t => t.Name == type), arguments)!;
        Randomize(model);
        var names = model.named_modules().Select(static m => m.name).ToHashSet();
        Assert.All(result.Graph!.Nodes.Where(static n => n.Form.Kind == Graphs.FormKind.Module), n => Assert.Contains(n.Path.Split('#')[0], names));
        Assert.All(result.Graph!.Nodes.Where(static n => n.Form.Kind != Graphs.FormKind.Module), n => Assert.DoesNotContain(n.Path, names));
        foreach (var training in new[] { false, true })
        {
            model.train(training);
            var input = randn([2, .. shape.Skip(1)]);
            var expected = Run(() => model.call(input.clone()), model);
            var actual = Run(() => (Tensor)forward.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [model, input.clone()], null)!, model);
            Assert.Equal(expected.shape, actual.shape);
            Assert.Equal(0f, (expected - actual).abs().max().item<float>());
            Assert.True(expected.abs().max().item<float>() > 0, "the output is all zero and proves nothing");
        }
    }

    /// <summary>Both runs start from the same running statistics and the same random numbers.</summary>
    private static Tensor Run(Func<Tensor> forward, nn.Module model)
    {
        var saved = model.state_dict().ToDictionary(static p => p.Key, static p => p.Value.clone());
        manual_seed(7);
        var output = forward().detach();
        model.load_state_dict(saved);
        return output;
    }

    private static void Randomize(nn.Module model)
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
