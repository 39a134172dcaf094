using QatGen.Torch.Modules;
using static TorchSharp.torch;

namespace QatGen.Torch.Improvement;

/// <summary>A node of the program that is about to run in integers, with what it reads of each batch in both models, and the reals that it gives in float.</summary>
internal sealed record LayerVisit(QatNode Node, QatValue[][] Rounded, QatValue[][] Real, QatValue.Activation[] Targets)
{
    /// <summary>The integers of the weights as the program has them; VALIDATION finds their scales on the way.</summary>
    public Tensor Integers()
    {
        using var scope = NewDisposeScope();
        Node.Run(Rounded[0], new IntegerPrimitives(FakeQuantState.Validation));
        var weight = Node.Folded.Weight;
        return tensor(Node.WeightQuantizer!.WeightConstant(weight).Values.Select(static v => (double)v).ToArray()).reshape(weight.shape).MoveToOuterDisposeScope();
    }

    /// <summary>The weights that those integers stand for.</summary>
    public Tensor Quantized() =>
        (Integers() * tensor(Node.WeightQuantizer!.Scales.Select(static s => (double)s).ToArray()).reshape([-1, .. Node.Weight!.shape.Skip(1).Select(static _ => 1L)])).to(ScalarType.Float32);

    /// <summary>Throws, naming the layer, where the float model gives NaN or infinity.</summary>
    public void RequireFinite(Tensor output)
    {
        if (!output.isfinite().all().item<bool>())
        {
            throw QatGenException.Of(QuantizationRules.NotANumber, Node.Node.Path, $"the output of '{Node.Node.Path}' in float");
        }
    }
}
