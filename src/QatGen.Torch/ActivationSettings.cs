using QatGen.Torch.Configuration;
using QatGen.Torch.Observers;

namespace QatGen.Torch;

/// <summary>How activations are quantized. What is null is left to the next lower source, in the end to qint8 with a moving average of 0.01 and gradients stopped outside the range.</summary>
public sealed record ActivationSettings
{
    /// <summary>Whether scales are observed or learned.</summary>
    public FakeQuantKind? Kind { get; init; }

    /// <summary>How the range is found in the data.</summary>
    public ObserverSettings? Observer { get; init; }

    /// <summary>qint8, or qint16 on marches that have it.</summary>
    public DType? DType { get; init; }

    /// <summary>2 to 8, or 16: fewer than 8 keep the storage of qint8 and use less of it. It says the type too.</summary>
    public int? Bits { get; init; }

    /// <summary>c of v += c * (batch - v): 0 freezes after the first batch, 1 follows each batch.</summary>
    public double? AveragingConstant { get; init; }

    /// <summary>Whether the gradient is 0 where the value is beyond the range; else it passes.</summary>
    public bool? Saturate { get; init; }

    /// <summary>Whether the gradient of a learned scale is multiplied by 1 / sqrt(n * qmax), n the number of values.</summary>
    public bool? UseGradScaling { get; init; }

    public override string ToString() => SettingsText.Of(this);
}
