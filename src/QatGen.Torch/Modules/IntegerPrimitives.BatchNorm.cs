using QatGen.Primitives;
using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

internal sealed partial class IntegerPrimitives
{
    /// <summary>
    /// A convolution of integers whose sums, as reals, are normalized by the statistics of their batch and carried on in steps of the accumulator, which are not whole numbers then: the bias of a batch that
    /// is not the next one's has no integer worth rounding to.
    /// </summary>
    private QatValue.Activation Normalized(QatValue.Activation input, QatValue.WeightSource w, QatValue.BiasSource b, ConvGeometry g)
    {
        var norm = w.Norm!;
        if (w.Quantizer.IsFrozen && !norm.IsReverseFold)
        {
            throw QatGenException.Of(TrainingRules.RawScale, _layer, _layer);
        }

        var fold = norm.IsReverseFold ? norm.Fold : null;
        var (weights, _, known) = Quantized(w.Quantizer, fold?.Weight(w.Parameter) ?? w.Parameter, fold?.Bias(b.Parameter) ?? b.Parameter, input.Known, sumsAreReal: true);
        if (fold is not null)
        {
            weights /= Divisor(fold.Factor).to(ScalarType.Float32).reshape([-1, .. weights.shape.Skip(1).Select(static _ => 1L)]);
        }

        var sum = TorchConv.Run(input.Data.to(ScalarType.Float32), w.Arrangement?.Weights(weights) ?? weights, g, null, _layer);
        var steps = tensor(Enumerable.Range(0, known.Count).Select(known.Step).ToArray());
        var result = WeightArrangement.OnChannels(w.Arrangement, sum, sums => norm.Normalize(sums, b.Parameter, steps));
        return new(result, w.Arrangement?.Rows(known) ?? known, DType.QInt32);

        // A channel without factor has sums of 0.
        static Tensor Divisor(Tensor factor) => factor + factor.detach().eq(Kept.Of(0));
    }
}
