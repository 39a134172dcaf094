namespace QatGen.Operators;

/// <summary>The part an operator can play in a fused convolution.</summary>
public enum Fusion
{
    None,

    /// <summary>Takes batch norm, add and an activation as epilogue.</summary>
    ConvLike,

    BatchNorm,

    Add,

    Activation,
}
