using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>PointNet's perceptrons: layers of the given widths, each with batch norm and ReLU.</summary>
internal static class PointMlp
{
    /// <summary>The same perceptron for every point: [N, widths[0], points] to [N, widths[^1], points].</summary>
    public static Sequential Shared(params int[] widths) => Stack(widths, static (input, output) => Conv1d(input, output, kernel_size: 1), static width => BatchNorm1d(width));

    /// <summary>One perceptron per cloud: [N, widths[0]] to [N, widths[^1]].</summary>
    public static Sequential Dense(params int[] widths) => Stack(widths, static (input, output) => Linear(input, output), static width => BatchNorm1d(width));

    private static Sequential Stack(int[] widths, Func<long, long, Module<Tensor, Tensor>> layer, Func<long, Module<Tensor, Tensor>> norm) => Sequential(
        widths.Zip(widths.Skip(1)).SelectMany((pair, i) => new (string, Module<Tensor, Tensor>)[]
        {
            ($"layer{i}", layer(pair.First, pair.Second)),
            ($"bn{i}", norm(pair.Second)),
            ($"relu{i}", ReLU()),
        }));
}
