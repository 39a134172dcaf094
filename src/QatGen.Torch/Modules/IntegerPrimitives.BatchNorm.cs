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
        var (weights, _, known) = Quantized(w.Quantizer, fold?.Weight(w.Parameter) ?? w.Parameter, fold?.Bias(b.Parameter) ?? b.Parameter, input.Known);
        var (arrangement, arranged) = (w.Arrangement, w.Arrangement?.Weights(weights) ?? weights);
        var steps = tensor(Enumerable.Range(0, known.Count).Select(known.Step).ToArray());
        var sum = TorchConv.Run(input.Data.to(ScalarType.Float32), arranged, g, null, _layer);
        var factor = fold is null ? steps : steps / Divisor(fold.Factor);
        Tensor Channels(Tensor perChannel, Tensor like) => perChannel.to(ScalarType.Float32).reshape([1, -1, .. like.shape.Skip(2).Select(static _ => 1L)]);
        var result = WeightArrangement.OnChannels(arrangement, sum, sums =>
        {
            var reals = (sums * Channels(factor, sums)) + Channels(b.Parameter, sums);
            return norm.Normalize(reals, steps);
        });
        return new(result, arrangement?.Rows(known) ?? known, DType.QInt32);

        // A channel without factor has sums of 0.
        static Tensor Divisor(Tensor factor) => factor + factor.detach().eq(0);
    }
}
