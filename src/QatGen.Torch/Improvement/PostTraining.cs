using static TorchSharp.torch;

namespace QatGen.Torch.Improvement;

/// <summary>What makes a calibrated model better without training it.</summary>
public static class PostTraining
{
    /// <summary>
    /// AdaRound: chooses for each weight, layer by layer, the integer below or above it so that the layer gives what the float model gives on float32 batches [N, ...], which are disposed. Weights become what
    /// their integers stand for, and their scales are frozen, so that VALIDATION and conversion give just those integers; FLOAT is the model of these weights then. The model is calibrated before; a layer that nothing makes better stays as it is.
    /// <paramref name="progress"/> is told the finished part.
    /// </summary>
    public static AdaRoundReport AdaRound(this IQatModule model, IEnumerable<Tensor> batches, AdaRoundOptions? options = null, Action<double>? progress = null, params Selector[] selectors) =>
        model.AdaRound(batches.Select(static b => new[] { b }), options, progress, selectors);

    /// <summary>The same for a model with several inputs: each batch is one tensor per input.</summary>
    public static AdaRoundReport AdaRound(this IQatModule model, IEnumerable<Tensor[]> batches, AdaRoundOptions? options = null, Action<double>? progress = null, params Selector[] selectors) =>
        new AdaRounding(model.Model, options ?? new(), selectors, progress).Run(new(model, batches, nameof(AdaRound)));
}
