using static TorchSharp.torch;

namespace QatGen.Torch.Improvement;

/// <summary>What makes a calibrated model better without training it.</summary>
public static class PostTraining
{
    /// <summary>
    /// Cross-layer equalization: where one convolution or linear layer alone reads another, through nothing but ReLU, pooling and the like, scales each channel between them so that the weights that make it and
    /// those that read it have the same range. The float model stays what it is; what quantizers saw of the scaled channels is forgotten, so calibrate behind it. Batch norms may be folded or live. A pair is left
    /// out where an activation limits it (ReLU6), scales are fixed, limits are learned (PACT), or weights are frozen or shared.
    /// </summary>
    public static EqualizationReport Equalize(this IQatModule model, int rounds = 50) => new Equalization(model, rounds).Run();

    /// <summary>
    /// Bias correction: takes from each layer's biases, one layer after the other, by how much the mean of each output channel of the calibrated integer model differs from the float model's on float32 batches
    /// [N, ...], which are disposed. Where what later layers read of all batches is more than a GiB, some of them run anew for each layer. <paramref name="progress"/> is told the finished part.
    /// </summary>
    public static BiasCorrectionReport CorrectBias(this IQatModule model, IEnumerable<Tensor> batches, Action<double>? progress = null) =>
        model.CorrectBias(batches.Select(static b => new[] { b }), progress);

    /// <summary>The same for a model with several inputs: each batch is one tensor per input.</summary>
    public static BiasCorrectionReport CorrectBias(this IQatModule model, IEnumerable<Tensor[]> batches, Action<double>? progress = null) =>
        new BiasCorrection(progress).Run(model.Model, new(model, batches, nameof(CorrectBias)));

    /// <summary>
    /// AdaRound: chooses for each weight, layer by layer, the integer below or above it so that the layer gives what the float model gives on float32 batches [N, ...], which are disposed. Weights become what
    /// their integers stand for, and their scales are frozen, so that VALIDATION and conversion give just those integers; FLOAT is the model of these weights then. The model is calibrated before; a layer that nothing makes better stays as it is.
    /// <paramref name="progress"/> is told the finished part.
    /// </summary>
    public static AdaRoundReport AdaRound(this IQatModule model, IEnumerable<Tensor> batches, AdaRoundOptions? options = null, Action<double>? progress = null, params Selector[] selectors) =>
        model.AdaRound(batches.Select(static b => new[] { b }), options, progress, selectors);

    /// <summary>The same for a model with several inputs: each batch is one tensor per input.</summary>
    public static AdaRoundReport AdaRound(this IQatModule model, IEnumerable<Tensor[]> batches, AdaRoundOptions? options = null, Action<double>? progress = null, params Selector[] selectors) =>
        new AdaRounding(model.Model, options ?? new(), selectors, progress).Run(new(model, batches, nameof(AdaRound), (options ?? new()).HalfMemory));

    /// <summary>
    /// Sensitivity: quantizes one thing at a time, the result of one operator, its weights, or both, with everything else in float, and compares the outputs of the calibrated model with those in float on float32
    /// batches [N, ...], which are disposed. The most sensitive come first. <paramref name="progress"/> is told the number of finished batches.
    /// </summary>
    public static SensitivityReport AnalyzeSensitivity(this IQatModule model, IEnumerable<Tensor> batches, SensitivityMetric metric = SensitivityMetric.Cosine, Action<int>? progress = null) =>
        model.AnalyzeSensitivity(batches.Select(static b => new[] { b }), metric, progress);

    /// <summary>The same for a model with several inputs: each batch is one tensor per input.</summary>
    public static SensitivityReport AnalyzeSensitivity(this IQatModule model, IEnumerable<Tensor[]> batches, SensitivityMetric metric = SensitivityMetric.Cosine, Action<int>? progress = null) =>
        new SensitivityAnalysis(model).Run(batches, metric, progress);

    /// <summary>
    /// The most sensitive operators and inputs that can be qint16 within a budget, as rules for <see cref="QConfig.Rules"/> or attributes to paste. Where an operator's weights have fewer than 8 bits and hurt more than
    /// the rounding of its result, they are among these, to have 8. What the march cannot run in qint16, which a conversion tries out, is passed over and says why. The model stays as it is.
    /// </summary>
    public static Promotion Promote(this IQatModule model, SensitivityReport report, PromotionBudget budget) => new Promoter(model, report, budget).Run();
}
