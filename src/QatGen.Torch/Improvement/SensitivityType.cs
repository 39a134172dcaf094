namespace QatGen.Torch.Improvement;

/// <summary>What of one operator is quantized while everything else is in float.</summary>
public enum SensitivityType
{
    /// <summary>Its result, or the model's input.</summary>
    Activation,

    /// <summary>Its weights.</summary>
    Weight,

    /// <summary>Weights and result.</summary>
    Both,
}
