using QatGen.Primitives;
using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>Reductions through libtorch, on reals or on integers held in floating point.</summary>
internal static class TorchReduce
{
    /// <summary>Reduces x [N, ...] as <paramref name="kind"/> says; axes that do not fit are an error that names the layer.</summary>
    public static Tensor Run(Tensor x, Reduction reduction, ReduceKind kind, string layer)
    {
        long[] axes = [.. reduction.For(x.shape.Length).Select(static a => (long)a)];
        if (axes.Length == 0)
        {
            throw QatGenException.Of(ShapeRules.ReducedAxes, layer, $"[{string.Join(", ", reduction.Axes)}]", TorchShape.Text(x));
        }

        return kind switch
        {
            ReduceKind.Sum => x.sum(axes, keepdim: true),
            ReduceKind.Mean => x.mean(axes, true),
            ReduceKind.Maximum => x.amax(axes, keepdim: true),
            _ => x.amin(axes, keepdim: true),
        };
    }
}
