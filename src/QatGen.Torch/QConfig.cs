using QatGen.Torch.Observers;

namespace QatGen.Torch;

/// <summary>How scales are found. Weights always follow their own absolute maximum, per output channel.</summary>
public sealed record QConfig
{
    /// <summary>The observer of activations.</summary>
    public ObserverKind Activation { get; init; } = ObserverKind.MovingAverageMinMax;

    /// <summary>c of v += c * (batch - v) for the moving average: 0 freezes after the first batch, 1 follows each batch.</summary>
    public double AveragingConstant { get; init; } = 0.01;

    /// <summary>A new observer of activations, per tensor.</summary>
    public Observer CreateActivationObserver() => Activation == ObserverKind.MinMax ? new MinMaxObserver() : new MovingAverageMinMaxObserver(AveragingConstant);
}
