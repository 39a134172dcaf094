using QatGen.Torch.Configuration;
using QatGen.Torch.Observers;

namespace QatGen.Torch;

/// <summary>How weights are quantized, per output channel. What is null is left to the next lower source, in the end to 8 bits at each channel's largest magnitude.</summary>
public sealed record WeightSettings
{
    /// <summary>Whether scales follow the weights or are learned.</summary>
    public FakeQuantKind? Kind { get; init; }

    /// <summary>How a channel's range is found in its weights; one that keeps no histogram.</summary>
    public ObserverSettings? Observer { get; init; }

    /// <summary>2 to 8: fewer than 8 keep the storage of qint8 and use less of it.</summary>
    public int? Bits { get; init; }

    /// <summary>c of v += c * (now - v): 1 follows the weights, 0 freezes.</summary>
    public double? AveragingConstant { get; init; }

    /// <summary>Whether the gradient is 0 where a weight is beyond its range; else it passes.</summary>
    public bool? Saturate { get; init; }

    /// <summary>Whether the gradient of a learned scale is multiplied by 1 / sqrt(n * qmax), n the number of a channel's weights.</summary>
    public bool? UseGradScaling { get; init; }

    public override string ToString() => SettingsText.Of(this);
}
