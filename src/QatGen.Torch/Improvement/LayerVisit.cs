using QatGen.Torch.Modules;
using static TorchSharp.torch;

namespace QatGen.Torch.Improvement;

/// <summary>A node of the program that is about to run in integers, and the batches, of so many <paramref name="Frames"/> each, that come to it.</summary>
internal sealed record LayerVisit(QatNode Node, IReadOnlyList<long> Frames, QatValue[] FirstRounded, Action<Action<LayerBatch>> Batches)
{
    /// <summary>Lets VALIDATION find the scales of the weights.</summary>
    public void FindScales()
    {
        using var scope = NewDisposeScope();
        Node.Run(FirstRounded, new IntegerPrimitives(FakeQuantState.Validation));
    }

    /// <summary>The integers of the weights as the program has them.</summary>
    public Tensor Integers()
    {
        FindScales();
        return Node.RoundedIntegers();
    }

    /// <summary>Throws, naming the layer, where the float model gives NaN or infinity.</summary>
    public void RequireFinite(Tensor output)
    {
        if (!output.isfinite().all().item<bool>())
        {
            throw QatGenException.Of(QuantizationRules.NotANumber, Node.Node.Path, $"the output of '{Node.Node.Path}' in float");
        }
    }
}
