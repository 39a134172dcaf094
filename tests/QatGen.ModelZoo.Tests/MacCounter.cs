using System.Collections;
using System.Runtime.CompilerServices;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QatGen.ModelZoo.Tests;

/// <summary>Runs a model of any signature, and counts the multiply-accumulates of its convolutions and linear layers from the shapes that pass through them: weights per output value times output values.</summary>
internal static class MacCounter
{
    public static long Count(nn.Module model, long[][] inputShapes)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        long macs = 0;
        foreach (var layer in model.modules().Prepend(model).OfType<nn.Module<Tensor, Tensor>>())
        {
            // A transposed convolution multiplies each input value with all weights of its channel.
            layer.register_forward_hook((module, input, output) =>
            {
                macs += module switch
                {
                    ConvolutionTranspose c => input.numel() * c.parameters().First().shape.Skip(1).Aggregate(1L, static (n, d) => n * d),
                    Convolution c => output.numel() * c.parameters().First().shape.Skip(1).Aggregate(1L, static (n, d) => n * d),
                    Linear => output.numel() * input.shape[^1],
                    _ => 0,
                };
                return output;
            });
        }

        model.eval();
        Run(model, inputShapes);
        return macs;
    }

    /// <summary>The output tensors for standard normal inputs, whatever the signature.</summary>
    public static IReadOnlyList<Tensor> Run(nn.Module model, long[][] inputShapes) => Run(model, [.. inputShapes.Select(static s => randn(s))]);

    /// <summary>The output tensors, whatever the signature.</summary>
    public static IReadOnlyList<Tensor> Run(nn.Module model, Tensor[] inputs)
    {
        var call = model.GetType().GetMethods().First(m => m.Name == "call" && m.GetParameters().Length == inputs.Length);
        return [.. Flatten(call.Invoke(model, inputs))];
    }

    private static IEnumerable<Tensor> Flatten(object? value) => value switch
    {
        Tensor t => [t],
        ITuple tuple => Enumerable.Range(0, tuple.Length).SelectMany(i => Flatten(tuple[i])),
        IEnumerable items => items.Cast<object?>().SelectMany(Flatten),
        _ => throw new InvalidOperationException($"The model returns a {value?.GetType()}."),
    };
}
