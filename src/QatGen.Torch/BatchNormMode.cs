namespace QatGen.Torch;

/// <summary>
/// What becomes, while training, of a batch norm behind a convolution or linear layer that only it reads. In VALIDATION, in CALIBRATION and in evaluation mode each is the same folded convolution;
/// a batch norm that stands alone is a convolution of its own in every mode.
/// </summary>
public enum BatchNormMode
{
    /// <summary>Folded into weights and bias before QAT: statistics are those of the float model for good.</summary>
    FuseBN,

    /// <summary>Live: the raw weights are quantized, and in train() the statistics of each batch normalize the sums.</summary>
    WithBN,

    /// <summary>Live: weights are quantized as the running statistics would fold them, the sums are divided by the same factor and then normalized as in <see cref="WithBN"/>.</summary>
    WithBNReverseFold,
}
