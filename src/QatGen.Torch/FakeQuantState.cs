namespace QatGen.Torch;

/// <summary>What quantizers do in a forward pass.</summary>
public enum FakeQuantState
{
    /// <summary>Neither observe nor round: the folded model in float.</summary>
    Float,

    /// <summary>Observe, do not round.</summary>
    Calibration,

    /// <summary>Observe, then round with the new scale.</summary>
    Qat,

    /// <summary>Round with frozen scales: the integers of the fixed-point program.</summary>
    Validation,
}
