using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>Shapes in the torch implementations of the primitives.</summary>
internal static class TorchShape
{
    /// <summary>The primitive Reshape: 0 keeps the dimension at its place, or is 1 behind the last; -1 takes what is left.</summary>
    public static Tensor Reshape(Tensor x, int[] shape) => x.reshape([.. shape.Select((d, i) => d != 0 ? d : i < x.shape.Length ? x.shape[i] : 1)]);

    /// <summary>Throws, naming the layer, unless all terms of a sum have one shape: nothing broadcasts.</summary>
    public static void RequireSame(IReadOnlyList<Tensor> terms, string layer)
    {
        var first = terms[0].shape;
        if (terms.FirstOrDefault(t => !t.shape.SequenceEqual(first)) is { } other)
        {
            throw QatGenException.Of(ShapeRules.TermShapes, layer, Text(terms[0]), Text(other));
        }
    }

    public static string Text(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
